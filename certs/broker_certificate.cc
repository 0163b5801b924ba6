#include "certs/broker_certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/key_file.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

bool MayServe(X509& certificate) {
  const bool may = X509_check_purpose(&certificate, X509_PURPOSE_SSL_SERVER, /*ca=*/0) == 1;
  ERR_clear_error();
  return may;
}

bool IsNamed(const X509& certificate, absl::string_view name) {
  const std::vector<std::string> uris = UriNames(certificate);
  const absl::StatusOr<std::string> named = ParseBrokerUri(uris.size() == 1 ? uris.front() : "");
  return named.ok() && *named == name;
}

}  // namespace

absl::Status CheckBrokerCertificate(const std::string& path, absl::string_view name) {
  const absl::StatusOr<std::string> chain = ReadCertificateFile(path);
  if (!chain.ok()) return chain.status();
  const absl::StatusOr<std::vector<CertificatePointer>> certificates = ParseCertificates(*chain);
  if (!certificates.ok()) {
    return absl::Status(certificates.status().code(), absl::StrCat(path, " ", certificates.status().message()));
  }
  if (!MayServe(*certificates->front())) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the certificate in ", path, " is not for a server (extended key usage serverAuth): issue another"));
  }
  if (!IsNamed(*certificates->front(), name)) {
    return absl::FailedPreconditionError(absl::StrCat("the certificate in ", path,
                                                      " does not have the one URI name urn:envej:broker:", name,
                                                      ": issue another, or correct broker_name"));
  }
  return absl::OkStatus();
}

}  // namespace envej::certs
