#include "broker/clock.h"

#include "absl/time/clock.h"

namespace envej {

absl::Time SystemClock::Now() const { return absl::Now(); }

}  // namespace envej
