#ifndef ENVEJ_TESTS_SIMULATION_WRONG_CLOCK_H_
#define ENVEJ_TESTS_SIMULATION_WRONG_CLOCK_H_

#include <algorithm>

#include "absl/time/time.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/random.h"
#include "tests/support/manual_clock.h"

namespace envej::simulation {

// A clock that somebody puts forward and back, and that stands still at times.
class WrongClock {
 public:
  const Clock& clock() const { return clock_; }

  // Time passes; unless the clock stands still.
  void Pass(absl::Duration duration) {
    if (!stopped_) clock_.Advance(duration);
    highest_ = std::max(highest_, clock_.Now());
  }

  void Jump(Random& random) {
    const auto count = static_cast<int64_t>(random.Below(100));
    absl::Duration by = absl::Seconds(3 * count);
    if (random.OneIn(3)) by = absl::Minutes(5 * count);
    if (random.OneIn(8)) by = absl::Hours(12 * count);
    if (random.OneIn(2)) by = -by;
    ahead_ += by;
    clock_.Set(clock_.Now() + by);
    highest_ = std::max(highest_, clock_.Now());
  }

  void SetRight() {
    clock_.Set(clock_.Now() - ahead_);
    ahead_ = absl::ZeroDuration();
  }

  // The time as a clock shows it that nobody ever set wrong.
  absl::Time RightTime() const { return clock_.Now() - ahead_; }

  void Stop() { stopped_ = true; }
  void GoOn() { stopped_ = false; }

  // What is wrong with it now.
  Fault fault() const {
    if (stopped_) return Fault::kClockStopped;
    if (clock_.Now() < highest_) return Fault::kClockBack;
    return ahead_ > absl::ZeroDuration() ? Fault::kClockAhead : Fault::kNone;
  }

 private:
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  absl::Duration ahead_;
  absl::Time highest_ = clock_.Now();  // that it ever showed
  bool stopped_ = false;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_WRONG_CLOCK_H_
