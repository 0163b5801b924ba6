#include "certs/tls_files.h"

#include <openssl/err.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/pem.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {
namespace {

std::string FormatUtc(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()); }

absl::Status InFile(const std::string& path, const absl::Status& status, absl::string_view advice) {
  return absl::Status(status.code(), absl::StrCat(path, " ", status.message(), ": ", advice));
}

bool IsValidAt(const X509& certificate, absl::Time now) {
  return NotBefore(certificate) <= now && now <= NotAfter(certificate);
}

absl::Status CheckValidity(const std::string& path, const X509& certificate, absl::Time now) {
  if (now < NotBefore(certificate)) {
    return absl::FailedPreconditionError(absl::StrCat("the certificate in ", path, " is valid only from ",
                                                      FormatUtc(NotBefore(certificate)),
                                                      ": check this machine's clock, or issue another"));
  }
  if (now > NotAfter(certificate)) {
    return absl::FailedPreconditionError(absl::StrCat("the certificate in ", path, " was valid until ",
                                                      FormatUtc(NotAfter(certificate)), ": issue another"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsMaterial> LoadTlsFiles(const TlsFiles& files, absl::Time now) {
  absl::StatusOr<std::string> key_pem = ReadKeyFile(files.private_key);
  if (!key_pem.ok()) return key_pem.status();
  const WipedAtEnd wiped(*key_pem);  // where it is not given away
  const absl::StatusOr<KeyPointer> key = ParsePrivateKey(*key_pem);
  if (!key.ok()) return InFile(files.private_key, key.status(), "name a PEM file with an unencrypted private key");

  absl::StatusOr<std::string> chain_pem = ReadCertificateFile(files.certificate_chain);
  if (!chain_pem.ok()) return chain_pem.status();
  const absl::StatusOr<std::vector<CertificatePointer>> chain = ParseCertificates(*chain_pem);
  if (!chain.ok()) {
    return InFile(files.certificate_chain, chain.status(), "name a PEM file with this program's certificate");
  }
  const X509& own = *chain->front();
  const bool key_matches = X509_check_private_key(&own, key->get()) == 1;
  ERR_clear_error();
  if (!key_matches) {
    return absl::FailedPreconditionError(absl::StrCat("the key in ", files.private_key,
                                                      " is not that of the first certificate in ",
                                                      files.certificate_chain, ": name files that belong together"));
  }
  if (absl::Status validity = CheckValidity(files.certificate_chain, own, now); !validity.ok()) return validity;

  absl::StatusOr<std::string> authorities_pem = ReadCertificateFile(files.authorities);
  if (!authorities_pem.ok()) return authorities_pem.status();
  const absl::StatusOr<std::vector<CertificatePointer>> authorities = ParseCertificates(*authorities_pem);
  if (!authorities.ok()) {
    return InFile(files.authorities, authorities.status(), "name a PEM file with the accepted authorities");
  }
  if (std::none_of(authorities->begin(), authorities->end(),
                   [now](const CertificatePointer& authority) { return IsValidAt(*authority, now); })) {
    return absl::FailedPreconditionError(
        absl::StrCat("no authority in ", files.authorities, " is valid today (the ", "first is valid from ",
                     FormatUtc(NotBefore(*authorities->front())), " until ", FormatUtc(NotAfter(*authorities->front())),
                     "): add the authority now in use"));
  }
  return TlsMaterial{*std::move(chain_pem), WipedText(*std::move(key_pem)), *std::move(authorities_pem)};
}

}  // namespace envej::certs
