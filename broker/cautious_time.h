#ifndef ENVEJ_BROKER_CAUTIOUS_TIME_H_
#define ENVEJ_BROKER_CAUTIOUS_TIME_H_

#include <algorithm>

#include "absl/time/time.h"
#include "broker/clock.h"

namespace envej {

// The time for what is deleted because it is old: what the clock showed at the start and what has passed since, or what
// the clock shows, whichever is less. A clock that is put forward makes nothing older than it is; only one that was
// ahead at the start could, which is why nothing is deleted for kSettle after it: clocks are set then.
//
// Thread safety: any thread.
class CautiousTime {
 public:
  static constexpr absl::Duration kSettle = absl::Hours(1);

  // The clock must outlive it.
  explicit CautiousTime(const Clock& clock)
      : clock_(clock), started_at_(clock.Now()), elapsed_at_start_(clock.Elapsed()) {}

  absl::Time Now() const { return std::min(clock_.Now(), started_at_ + (clock_.Elapsed() - elapsed_at_start_)); }

 private:
  const Clock& clock_;
  const absl::Time started_at_;
  const absl::Duration elapsed_at_start_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_CAUTIOUS_TIME_H_
