#ifndef ENVEJ_BROKER_CLOCK_H_
#define ENVEJ_BROKER_CLOCK_H_

#include "absl/time/time.h"

namespace envej {

// The one place where the broker reads the time. Everything else is handed it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // What has passed since some moment in the past, and never less than before: setting the clock does not change it.
  virtual absl::Duration Elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Elapsed() const override;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_CLOCK_H_
