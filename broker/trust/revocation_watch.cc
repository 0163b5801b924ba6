#include "broker/trust/revocation_watch.h"

namespace envej::trust {

void RevocationWatch::Look(const Trust& trust) {
  if (!trust.revocations().has_value()) return;
  const certs::RevocationSet& revocations = *trust.revocations();
  const absl::Time now = clock_.Now();
  const absl::Time expires = revocations.earliest_next_update();
  const absl::Duration left = expires - now;
  if (left > warning_) {
    expiry_given_ = -absl::InfiniteDuration();
  } else if (IsDue(expiry_given_)) {
    const bool expired = left <= absl::ZeroDuration();
    log_.Error(expired ? "revocation_list_expired" : "revocation_list_expires",
               {{"at", absl::FormatTime(absl::RFC3339_sec, expires, absl::UTCTimeZone())},
                {"next", expired ? "callers of its authority are refused: fetch its newest list"
                                 : "callers of its authority are refused from then on: fetch its newest list"}});
  }
  const size_t missing = revocations.authorities_without_list();
  if (missing == 0) {
    missing_given_ = -absl::InfiniteDuration();
  } else if (IsDue(missing_given_)) {
    log_.Error("revocation_list_missing",
               {{"authorities", static_cast<int64_t>(missing)},
                {"next", "callers of an authority without a list are refused: put it there"}});
  }
  const bool own_revoked =
      revocations.StandingOf(trust.signer().certificate(), now).state == certs::RevocationState::kRevoked;
  if (!own_revoked) {
    own_given_ = -absl::InfiniteDuration();
  } else if (IsDue(own_given_)) {
    log_.Error("own_certificate_revoked",
               {{"next", "what the broker seals and signs is believed no more: give it another certificate"}});
  }
}

bool RevocationWatch::IsDue(absl::Duration& given) const {
  const absl::Duration elapsed = clock_.Elapsed();
  if (elapsed - given < kRepeatedEach) return false;
  given = elapsed;
  return true;
}

}  // namespace envej::trust
