#include "certs/certificate_summary.h"

#include <openssl/err.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/inbox_certificate.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

bool IsAuthority(X509& certificate) { return X509_check_ca(&certificate) == 1; }

std::string ParticipantText(X509& certificate, const std::vector<std::string>& uris) {
  if (IsAuthority(certificate)) return "authority";
  if (uris.size() != 1) return "none";
  if (const auto identity = ParseIdentityUri(uris[0]); identity.ok()) return std::string(KindName(identity->kind));
  return ParseBrokerUri(uris[0]).ok() ? "broker" : "none";
}

std::string UsageText(X509& certificate) {
  if (IsAuthority(certificate)) return "authority";
  if (IsForAnInbox(certificate)) return "inbox";
  const uint32_t usage = X509_get_extended_key_usage(&certificate);
  // A certificate that says nothing may be used for anything.
  if (usage == UINT32_MAX) return "both";
  const bool server = (usage & XKU_SSL_SERVER) != 0;
  const bool client = (usage & XKU_SSL_CLIENT) != 0;
  if (server && client) return "both";
  if (server) return "server";
  return client ? "client" : "other";
}

absl::StatusOr<std::string> Fingerprint(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) {
    ERR_clear_error();
    return absl::InternalError("the certificate cannot be hashed");
  }
  std::string text;
  for (unsigned int index = 0; index < size; ++index) {
    absl::StrAppend(&text, index == 0 ? "" : ":", absl::Hex(digest[index], absl::kZeroPad2));
  }
  return text;
}

}  // namespace

std::string NameText(const X509_NAME* name) {
  const BioPointer output(BIO_new(BIO_s_mem()));
  if (output == nullptr || X509_NAME_print_ex(output.get(), name, 0, XN_FLAG_RFC2253) < 0) return "";
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(output.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<size_t>(size)) : "";
}

absl::StatusOr<CertificateSummary> Summarise(X509& certificate, absl::Time now) {
  const absl::StatusOr<std::string> fingerprint = Fingerprint(certificate);
  if (!fingerprint.ok()) return fingerprint.status();
  CertificateSummary summary;
  const std::vector<std::string> uris = UriNames(certificate);
  for (const std::string& uri : uris) summary.uris.push_back(absl::CHexEscape(uri));
  summary.subject = NameText(X509_get_subject_name(&certificate));
  summary.participant = ParticipantText(certificate, uris);
  summary.usage = UsageText(certificate);
  summary.serial = SerialText(*X509_get0_serialNumber(&certificate));
  summary.not_before = NotBefore(certificate);
  summary.not_after = NotAfter(certificate);
  summary.days_left = absl::ToInt64Hours(absl::Floor(summary.not_after - now, absl::Hours(24))) / 24;
  summary.issuer = NameText(X509_get_issuer_name(&certificate));
  summary.sha256_fingerprint = *fingerprint;
  ERR_clear_error();
  return summary;
}

}  // namespace envej::certs
