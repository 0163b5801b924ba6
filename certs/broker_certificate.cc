#include "certs/broker_certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

bool MayServe(const Certificate& certificate) {
  const bool may = X509_check_purpose(const_cast<X509*>(&certificate.x509()), X509_PURPOSE_SSL_SERVER, /*ca=*/0) == 1;
  ERR_clear_error();
  return may;
}

bool IsNamed(const Certificate& certificate, absl::string_view name) {
  const std::vector<std::string> uris = UriNames(certificate.x509());
  const absl::StatusOr<std::string> named = ParseBrokerUri(uris.size() == 1 ? uris.front() : "");
  return named.ok() && *named == name;
}

}  // namespace

absl::Status CheckBrokerCertificate(const Certificate& certificate, absl::string_view name) {
  if (!MayServe(certificate)) {
    return absl::FailedPreconditionError(
        "the certificate is not for a server (extended key usage serverAuth): issue another");
  }
  if (!IsNamed(certificate, name)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the certificate does not have the one URI name urn:envej:broker:", name,
                     ": issue another, or correct broker_name"));
  }
  return absl::OkStatus();
}

}  // namespace envej::certs
