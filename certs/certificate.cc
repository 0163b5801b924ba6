#include "certs/certificate.h"

#include <openssl/err.h>
#include <openssl/sha.h>

#include <utility>

#include "certs/pem.h"

namespace envej::certs {
namespace {

std::string Fingerprint(const std::string& der) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(der.data()), der.size(), reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::string DerOf(const X509& x509) {
  const int size = i2d_X509(&x509, nullptr);
  std::string der(size > 0 ? static_cast<size_t>(size) : 0, '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (size > 0) i2d_X509(&x509, &out);
  return der;
}

}  // namespace

Certificate::Certificate(CertificatePointer x509, std::string der) {
  // OpenSSL reads the extensions when they are first asked for, and writes what it found into the certificate: here, so
  // that several threads only read it afterwards.
  X509_check_purpose(x509.get(), -1, 0);
  ERR_clear_error();
  std::string fingerprint = Fingerprint(der);
  const absl::Time not_before = NotBefore(*x509);
  const absl::Time not_after = NotAfter(*x509);
  parsed_ = std::make_shared<const Parsed>(Parsed{.x509 = std::move(x509),
                                                  .der = std::move(der),
                                                  .fingerprint = std::move(fingerprint),
                                                  .not_before = not_before,
                                                  .not_after = not_after});
}

absl::StatusOr<Certificate> Certificate::FromDer(absl::string_view der) {
  if (der.size() > kDerBytesMost) return absl::InvalidArgumentError("is too large for a certificate");
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const begin = bytes;
  CertificatePointer x509(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  ERR_clear_error();
  if (x509 == nullptr || bytes != begin + der.size()) {
    return absl::InvalidArgumentError("is not a certificate in DER");
  }
  return Certificate(std::move(x509), std::string(der));
}

absl::StatusOr<std::vector<Certificate>> Certificate::FromPem(absl::string_view pem) {
  absl::StatusOr<std::vector<CertificatePointer>> parsed = ParseCertificates(pem);
  if (!parsed.ok()) return parsed.status();
  std::vector<Certificate> certificates;
  for (CertificatePointer& x509 : *parsed) {
    std::string der = DerOf(*x509);
    certificates.push_back(Certificate(std::move(x509), std::move(der)));
  }
  return certificates;
}

}  // namespace envej::certs
