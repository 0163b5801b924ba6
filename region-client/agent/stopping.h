#ifndef ENVEJ_REGION_CLIENT_AGENT_STOPPING_H_
#define ENVEJ_REGION_CLIENT_AGENT_STOPPING_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace envej::region {

// That the agent is to stop, and waits that end when it is.
//
// Thread safety: any number of threads.
class Stopping {
 public:
  // Ends every wait, and all that was said to `OnStop`.
  void Stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
    for (const std::function<void()>& act : acts_) act();
  }
  bool stopped() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stopped_;
  }
  // Waits so long at most; false once it is stopped.
  bool Sleep(absl::Duration duration) {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return stopped_; });
  }
  // Called when it is stopped, at once if it is already. `act` must not call this, and outlives it.
  void OnStop(std::function<void()> act) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) act();
    acts_.push_back(std::move(act));
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::vector<std::function<void()>> acts_;
};

// Somebody waits here for something to do.
//
// Thread safety: any number of threads wake, one waits.
class Doorbell {
 public:
  void Ring() {
    const std::lock_guard<std::mutex> lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  // Waits until it was rung since the last wait, so long at most; whether it was.
  bool Wait(absl::Duration at_most) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(at_most), [this] { return rung_; });
    return std::exchange(rung_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_STOPPING_H_
