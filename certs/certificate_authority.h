#ifndef ENVEJ_CERTS_CERTIFICATE_AUTHORITY_H_
#define ENVEJ_CERTS_CERTIFICATE_AUTHORITY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/openssl_pointers.h"
#include "certs/revocation.h"

namespace envej::certs {

// TLS as a server or as a client, or an inbox: what is sealed to it is decrypted with its key, and nothing else is
// done.
enum class LeafUsage { kServer, kClient, kInbox };

// A certificate to be issued, just as it is asked for: what is sensible is for the caller to decide.
struct LeafRequest {
  std::string common_name;                // 1 to 64 bytes of UTF-8
  std::vector<std::string> uris;          // ASCII
  std::vector<std::string> dns_names;     // ASCII
  std::vector<std::string> ip_addresses;  // IPv4 or IPv6
  // Attributes of the subject beside its name, as in Danish OCES certificates; left out where empty, UTF-8.
  std::string subject_serial_number;
  std::string organization_identifier;
  absl::Time not_before;  // whole seconds count
  absl::Time not_after;
  LeafUsage usage = LeafUsage::kClient;
};

// A certificate and its key, as PEM. The key is PKCS#8, not encrypted.
struct IssuedCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

// A revocation list to be made, just as it is asked for.
struct RevocationListRequest {
  uint64_t number = 1;     // larger than that of any list before
  absl::Time this_update;  // whole seconds count
  absl::Time next_update;
  std::vector<RevokedCertificate> revoked;
};

enum class RenewedKey { kNew, kSame };

// A small private authority for tests, demonstrations and closed networks: P-256 keys, ECDSA with SHA-256, random
// serial numbers, and no level between it and its leaves. Not for use from several threads at once.
class CertificateAuthority {
 public:
  // A new authority with its own key. `name` is its common name, 1 to 64 bytes of UTF-8.
  static absl::StatusOr<CertificateAuthority> Create(absl::string_view name, absl::Time not_before,
                                                     absl::Time not_after);
  // One that was made before. INVALID_ARGUMENT if either text is malformed, FAILED_PRECONDITION if they do not belong
  // together or the certificate is no authority's.
  static absl::StatusOr<CertificateAuthority> FromPem(absl::string_view certificate_pem, absl::string_view key_pem);

  // A new key, and a certificate for it. INVALID_ARGUMENT for a name that does not fit or an address that is none.
  absl::StatusOr<IssuedCertificate> Issue(const LeafRequest& request) const;

  // A certificate with the subject, names and usages of one that this authority issued, with a serial number of its
  // own. With kSame it is for the same key, and key_pem is empty. FAILED_PRECONDITION if it did not issue that.
  absl::StatusOr<IssuedCertificate> Renew(const Certificate& former, absl::Time not_before, absl::Time not_after,
                                          RenewedKey key) const;

  // Whether it signed the certificate, which is no authority's.
  bool HasIssued(const Certificate& certificate) const;

  // A complete revocation list, as PEM. INVALID_ARGUMENT for a serial number that is none.
  absl::StatusOr<std::string> MakeRevocationList(const RevocationListRequest& request) const;

  absl::StatusOr<IssuedCertificate> ToPem() const;
  absl::Time not_after() const;

 private:
  CertificateAuthority(CertificatePointer certificate, KeyPointer key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  CertificatePointer certificate_;
  KeyPointer key_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CERTIFICATE_AUTHORITY_H_
