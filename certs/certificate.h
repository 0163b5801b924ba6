#ifndef ENVEJ_CERTS_CERTIFICATE_H_
#define ENVEJ_CERTS_CERTIFICATE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/openssl_pointers.h"

namespace envej::certs {

// One X.509 certificate. Cheap to copy, never changes, safe from any thread.
class Certificate {
 public:
  // INVALID_ARGUMENT for anything but one certificate in DER, at most kDerBytesMost.
  static absl::StatusOr<Certificate> FromDer(absl::string_view der);
  // As ParseCertificates.
  static absl::StatusOr<std::vector<Certificate>> FromPem(absl::string_view pem);

  static constexpr size_t kDerBytesMost = 16 << 10;

  const std::string& der() const { return parsed_->der; }
  // SHA-256 of the DER, 32 bytes: the name by which certificates are spoken of.
  const std::string& fingerprint() const { return parsed_->fingerprint; }
  const X509& x509() const { return *parsed_->x509; }
  // By its dates alone.
  bool IsValidAt(absl::Time now) const { return parsed_->not_before <= now && now <= parsed_->not_after; }

  absl::Time not_after() const { return parsed_->not_after; }

  bool operator==(const Certificate& other) const { return der() == other.der(); }

 private:
  struct Parsed {
    CertificatePointer x509;
    std::string der;
    std::string fingerprint;
    absl::Time not_before;
    absl::Time not_after;
  };

  explicit Certificate(CertificatePointer x509, std::string der);

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CERTIFICATE_H_
