#include "certs/revocation.h"

#include <algorithm>
#include <array>

namespace envej::certs {
namespace {

struct NamedReason {
  RevocationReason reason;
  absl::string_view name;
};

constexpr auto kReasons = std::to_array<NamedReason>({
    {RevocationReason::kUnspecified, "unspecified"},
    {RevocationReason::kKeyCompromise, "keyCompromise"},
    {RevocationReason::kCaCompromise, "cACompromise"},
    {RevocationReason::kAffiliationChanged, "affiliationChanged"},
    {RevocationReason::kSuperseded, "superseded"},
    {RevocationReason::kCessationOfOperation, "cessationOfOperation"},
    {RevocationReason::kCertificateHold, "certificateHold"},
    {RevocationReason::kRemoveFromCrl, "removeFromCRL"},
    {RevocationReason::kPrivilegeWithdrawn, "privilegeWithdrawn"},
    {RevocationReason::kAaCompromise, "aACompromise"},
});

template <typename Predicate>
const NamedReason* Find(const Predicate& predicate) {
  const auto* found = std::find_if(kReasons.begin(), kReasons.end(), predicate);
  return found == kReasons.end() ? nullptr : found;
}

}  // namespace

absl::string_view ReasonName(RevocationReason reason) {
  const NamedReason* found = Find([&](const NamedReason& row) { return row.reason == reason; });
  return found == nullptr ? "" : found->name;
}

std::optional<RevocationReason> ReasonNamed(absl::string_view name) {
  const NamedReason* found = Find([&](const NamedReason& row) { return row.name == name; });
  return found == nullptr ? std::nullopt : std::optional(found->reason);
}

std::optional<RevocationReason> ReasonNumbered(long number) {
  const NamedReason* found = Find([&](const NamedReason& row) { return static_cast<long>(row.reason) == number; });
  return found == nullptr ? std::nullopt : std::optional(found->reason);
}

bool InvalidityDateCounts(RevocationReason reason) {
  switch (reason) {
    case RevocationReason::kUnspecified:
    case RevocationReason::kKeyCompromise:
    case RevocationReason::kCaCompromise:
    case RevocationReason::kAaCompromise:
      return true;
    default:
      return false;
  }
}

absl::Time CountsFrom(const RevokedCertificate& revoked) {
  return InvalidityDateCounts(revoked.reason) ? revoked.invalid_since.value_or(revoked.revoked_at) : revoked.revoked_at;
}

}  // namespace envej::certs
