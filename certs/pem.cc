#include "certs/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace envej::certs {
namespace {

BioPointer ReadFrom(absl::string_view text) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return nullptr;
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL would ask on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

absl::StatusOr<std::string> Written(BIO& output, int succeeded) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(&output, &bytes);
  if (succeeded != 1 || size <= 0) return absl::InternalError("cannot be written as PEM");
  return std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::vector<CertificatePointer>> ParseCertificates(absl::string_view pem) {
  const BioPointer input = ReadFrom(pem);
  if (input == nullptr) return absl::InvalidArgumentError("cannot be read");
  ERR_clear_error();
  std::vector<CertificatePointer> certificates;
  while (X509* certificate = PEM_read_bio_X509(input.get(), nullptr, &NoPassword, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return absl::InvalidArgumentError("holds a malformed certificate");
  if (certificates.empty()) return absl::InvalidArgumentError("holds no certificate");
  return certificates;
}

absl::StatusOr<KeyPointer> ParsePrivateKey(absl::string_view pem) {
  const BioPointer input = ReadFrom(pem);
  if (input == nullptr) return absl::InvalidArgumentError("cannot be read");
  ERR_clear_error();
  KeyPointer key(PEM_read_bio_PrivateKey(input.get(), nullptr, &NoPassword, nullptr));
  const bool no_key = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (key != nullptr) return key;
  if (no_key) return absl::InvalidArgumentError("holds no private key");
  return absl::InvalidArgumentError("holds a private key that is malformed or under a password");
}

absl::StatusOr<std::string> ToPem(const X509& certificate) {
  const BioPointer output(BIO_new(BIO_s_mem()));
  if (output == nullptr) return absl::InternalError("out of memory");
  return Written(*output, PEM_write_bio_X509(output.get(), &certificate));
}

absl::StatusOr<std::string> ToPem(const EVP_PKEY& key) {
  const BioPointer output(BIO_new(BIO_s_secmem()));
  if (output == nullptr) return absl::InternalError("out of memory");
  return Written(*output, PEM_write_bio_PKCS8PrivateKey(output.get(), &key, nullptr, nullptr, 0, nullptr, nullptr));
}

absl::Time NotBefore(const X509& certificate) { return ToTime(X509_get0_notBefore(&certificate)); }

absl::Time NotAfter(const X509& certificate) { return ToTime(X509_get0_notAfter(&certificate)); }

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string SerialText(const ASN1_INTEGER& serial) {
  const absl::string_view magnitude(reinterpret_cast<const char*>(ASN1_STRING_get0_data(&serial)),
                                    static_cast<size_t>(ASN1_STRING_length(&serial)));
  const bool negative = ASN1_STRING_type(&serial) == V_ASN1_NEG_INTEGER;
  return absl::StrCat(negative ? "-" : "", absl::BytesToHexString(magnitude));
}

std::vector<std::string> UriNames(const X509& certificate) {
  std::vector<std::string> uris;
  const GeneralNamesPointer names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr) return uris;
  for (int index = 0; index < sk_GENERAL_NAME_num(names.get()); ++index) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), index);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

}  // namespace envej::certs
