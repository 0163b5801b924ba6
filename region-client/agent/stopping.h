#ifndef ENVEJ_REGION_CLIENT_AGENT_STOPPING_H_
#define ENVEJ_REGION_CLIENT_AGENT_STOPPING_H_

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "absl/time/time.h"

namespace envej::region {

// That the agent is to stop, and waits that end when it is.
//
// Thread safety: any number of threads.
class Stopping {
 public:
  // Ends every wait, and whatever follows the token.
  void Stop() { source_.request_stop(); }
  bool stopped() const { return source_.stop_requested(); }
  // By which what takes longer than a moment ends early.
  std::stop_token token() const { return source_.get_token(); }
  // Waits so long at most; false once it is stopped.
  bool Sleep(absl::Duration duration) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, token(), absl::ToChronoNanoseconds(duration), [] { return false; });
    return !stopped();
  }

 private:
  std::stop_source source_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
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
