#ifndef ENVEJ_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define ENVEJ_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include "broker/clock.h"

namespace envej {

// A clock that a test sets. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override { return now_; }
  absl::Duration Elapsed() const override { return elapsed_; }

  // Puts the clock forward or back; no time passes.
  void Set(absl::Time now) { now_ = now; }
  // Time passes.
  void Advance(absl::Duration duration) {
    now_ += duration;
    elapsed_ += duration;
  }

 private:
  absl::Time now_;
  absl::Duration elapsed_;
};

}  // namespace envej

#endif  // ENVEJ_TESTS_SUPPORT_MANUAL_CLOCK_H_
