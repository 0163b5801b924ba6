#include "broker/wire/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/limits.h"
#include "proto/contract/merkle_tree.h"

namespace envej::wire {
namespace {

constexpr size_t kFingerprintBytes = 8;

// Of all that selects notices: not of the page size, which may change between pages.
std::string Fingerprint(const inbox::ListQuery& query) {
  contract::ByteWriter writer;
  writer.Bytes(query.region_code);
  writer.Bytes(query.municipality_code);
  writer.Bytes(query.origin);
  for (const inbox::State state : query.states) writer.Uint8(static_cast<uint8_t>(state));
  return contract::Sha256(writer.bytes()).substr(0, kFingerprintBytes);
}

}  // namespace

std::string EncodePageToken(const inbox::ListQuery& query, const contract::NoticeId& after) {
  return absl::WebSafeBase64Escape(absl::StrCat(Fingerprint(query), after.ToBytes()));
}

std::optional<contract::NoticeId> DecodePageToken(const inbox::ListQuery& query, absl::string_view token) {
  std::string bytes;
  if (token.size() > contract::kPageTokenCharacters || !absl::WebSafeBase64Unescape(token, &bytes)) return std::nullopt;
  const std::string fingerprint = Fingerprint(query);
  if (bytes.compare(0, kFingerprintBytes, fingerprint) != 0) return std::nullopt;
  return contract::NoticeId::FromBytes(absl::string_view(bytes).substr(kFingerprintBytes));
}

}  // namespace envej::wire
