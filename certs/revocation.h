#ifndef ENVEJ_CERTS_REVOCATION_H_
#define ENVEJ_CERTS_REVOCATION_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::certs {

// Why a certificate was revoked (RFC 5280, section 5.3.1), with its number there.
enum class RevocationReason {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kCaCompromise = 2,
  kAffiliationChanged = 3,
  kSuperseded = 4,
  kCessationOfOperation = 5,
  kCertificateHold = 6,
  kRemoveFromCrl = 8,
  kPrivilegeWithdrawn = 9,
  kAaCompromise = 10,
};

// The reason's name in RFC 5280, such as "keyCompromise".
absl::string_view ReasonName(RevocationReason reason);
std::optional<RevocationReason> ReasonNamed(absl::string_view name);
std::optional<RevocationReason> ReasonNumbered(long number);

// One certificate in a revocation list.
struct RevokedCertificate {
  std::string serial;  // as SerialText of certs/pem.h gives it
  RevocationReason reason = RevocationReason::kUnspecified;
  absl::Time revoked_at;                    // whole seconds count
  std::optional<absl::Time> invalid_since;  // from when its key may have been somebody else's

  bool operator==(const RevokedCertificate&) const = default;
};

// Whether somebody else may have used the key before the revocation: then the date from which it may have been counts.
bool InvalidityDateCounts(RevocationReason reason);

// From when on the certificate is no longer to be relied on: its invalidity date where that counts and is stated,
// otherwise the revocation date. What was signed before holds.
absl::Time CountsFrom(const RevokedCertificate& revoked);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_REVOCATION_H_
