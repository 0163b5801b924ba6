#ifndef ENVEJ_TESTS_SUPPORT_WAIT_UNTIL_H_
#define ENVEJ_TESTS_SUPPORT_WAIT_UNTIL_H_

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace envej::support {

// Waits until it is so, `at_most` so long; whether it is. It is asked a hundred times a second.
inline bool WaitUntil(const std::function<bool()>& is_so, absl::Duration at_most = absl::Seconds(30)) {
  for (const absl::Time end = absl::Now() + at_most; absl::Now() < end; absl::SleepFor(absl::Milliseconds(10))) {
    if (is_so()) return true;
  }
  return false;
}

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_WAIT_UNTIL_H_
