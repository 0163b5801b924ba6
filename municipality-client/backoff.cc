#include "municipality-client/backoff.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace envej::municipality_client {

absl::Duration Backoff::Next() {
  std::uniform_real_distribution<double> part(0.0, 1.0);
  const absl::Duration wait = span_ * part(random_);
  span_ = std::min(span_ * 2, kBackoffMost);
  return wait;
}

void WaitFor(absl::Duration duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, absl::ToChronoMilliseconds(duration), [] { return false; });
}

}  // namespace envej::municipality_client
