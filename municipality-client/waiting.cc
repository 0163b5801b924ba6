#include "municipality-client/waiting.h"

#include <condition_variable>
#include <mutex>

namespace envej::municipality_client {

void WaitFor(absl::Duration duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, absl::ToChronoMilliseconds(duration), [] { return false; });
}

}  // namespace envej::municipality_client
