#include "certs/cms_content.h"

#include <limits>

namespace envej::certs {
namespace {

constexpr size_t kMost = std::numeric_limits<int>::max();

}  // namespace

CmsPointer ParseCms(absl::string_view der) {
  if (der.size() > kMost) return nullptr;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = bytes + der.size();
  CmsPointer cms(d2i_CMS_ContentInfo(nullptr, &bytes, static_cast<long>(der.size())));
  if (cms == nullptr || bytes == end) return cms;
  WipeContent(*cms);
  return nullptr;
}

bool FillCms(CMS_ContentInfo& cms, absl::string_view content) {
  const BioChainPointer chain(CMS_dataInit(&cms, nullptr));
  if (chain == nullptr || content.size() > kMost) return false;
  const int size = static_cast<int>(content.size());
  return BIO_write(chain.get(), content.data(), size) == size && BIO_flush(chain.get()) == 1 &&
         CMS_dataFinal(&cms, chain.get()) == 1;
}

std::optional<WipedBytes> WriteCms(const CMS_ContentInfo& cms) {
  const int size = i2d_CMS_ContentInfo(&cms, nullptr);
  if (size <= 0) return std::nullopt;
  WipedBytes der(static_cast<size_t>(size));
  unsigned char* out = der.data();
  if (i2d_CMS_ContentInfo(&cms, &out) != size) return std::nullopt;
  return der;
}

std::optional<WipedBytes> Drain(BIO& chain, size_t most) {
  // One byte more shows that there is more.
  WipedBytes content(most + 1);
  size_t size = 0;
  while (size < content.size()) {
    size_t count = 0;
    if (BIO_read_ex(&chain, content.data() + size, content.size() - size, &count) != 1 || count == 0) break;
    size += count;
  }
  if (size > most || BIO_should_retry(&chain)) return std::nullopt;
  content.Shorten(size);
  return content;
}

void WipeContent(CMS_ContentInfo& cms) {
  ASN1_OCTET_STRING** content = CMS_get0_content(&cms);
  if (content == nullptr || *content == nullptr || ASN1_STRING_length(*content) <= 0) return;
  // Never the bytes of the message that was parsed: OpenSSL copies what it reads.
  OPENSSL_cleanse(const_cast<unsigned char*>(ASN1_STRING_get0_data(*content)),
                  static_cast<size_t>(ASN1_STRING_length(*content)));
}

}  // namespace envej::certs
