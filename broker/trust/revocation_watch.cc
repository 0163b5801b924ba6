#include "broker/trust/revocation_watch.h"

namespace envej::trust {

void RevocationWatch::Look(const Trust& trust) {
  if (!trust.revocations().has_value()) return;
  const absl::Time expires = trust.revocations()->earliest_next_update();
  const absl::Duration left = expires - clock_.Now();
  if (left > warning_) {
    alarmed_ = -absl::InfiniteDuration();
    return;
  }
  const absl::Duration elapsed = clock_.Elapsed();
  if (elapsed - alarmed_ < kRepeatedEach) return;
  alarmed_ = elapsed;
  const bool expired = left <= absl::ZeroDuration();
  log_.Error(expired ? "revocation_list_expired" : "revocation_list_expires",
             {{"at", absl::FormatTime(absl::RFC3339_sec, expires, absl::UTCTimeZone())},
              {"next", expired ? "callers of its authority are refused: fetch its newest list"
                               : "callers of its authority are refused from then on: fetch its newest list"}});
}

}  // namespace envej::trust
