#ifndef ENVEJ_BROKER_TRUST_REVOCATION_WATCH_H_
#define ENVEJ_BROKER_TRUST_REVOCATION_WATCH_H_

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/log.h"
#include "broker/trust/trust.h"

namespace envej::trust {

// Alarms in the log, while there is still time, that revocation lists are about to expire, after which everybody of
// whom they speak is refused; that an authority has none; and that the broker's own certificate is revoked. Again each
// kRepeatedEach until it is mended. For one thread.
class RevocationWatch {
 public:
  static constexpr absl::Duration kRepeatedEach = absl::Hours(1);

  // From `warning` before the first list expires. Clock and log must outlive it.
  RevocationWatch(absl::Duration warning, const Clock& clock, const Log& log)
      : warning_(warning), clock_(clock), log_(log) {}

  void Look(const Trust& trust);

 private:
  const absl::Duration warning_;
  const Clock& clock_;
  const Log& log_;
  // Whether an alarm is due again, by Clock::Elapsed; it then counts as given.
  bool IsDue(absl::Duration& given) const;

  absl::Duration expiry_given_ = -absl::InfiniteDuration();
  absl::Duration missing_given_ = -absl::InfiniteDuration();
  absl::Duration own_given_ = -absl::InfiniteDuration();
};

}  // namespace envej::trust

#endif  // ENVEJ_BROKER_TRUST_REVOCATION_WATCH_H_
