#ifndef ENVEJ_BROKER_TIMER_SCHEDULER_H_
#define ENVEJ_BROKER_TIMER_SCHEDULER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <unordered_map>

#include "absl/time/time.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"

namespace envej {

// Runs tasks on one thread of its own, by a steady clock. It has no bound of its own: those who hand it tasks cancel
// what they need no more, so that one waits for each waiting pull, one for each inbox, and one for the leases.
class TimerScheduler final : public inbox::Scheduler {
 public:
  TimerScheduler();
  ~TimerScheduler() override;

  uint64_t After(absl::Duration delay, std::function<void()> task) override;
  void Cancel(uint64_t handle) override;

  // Ends the thread once the task under way is done; waiting tasks are dropped. Later calls of After do nothing.
  void Stop();

  // How many tasks wait.
  size_t waiting();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Task {
    uint64_t handle = 0;
    std::function<void()> run;
  };
  using Tasks = std::multimap<SteadyTime, Task>;

  void Run();

  Mutex mutex_;
  ConditionVariable changed_;
  Tasks tasks_ ENVEJ_GUARDED_BY(mutex_);
  std::unordered_map<uint64_t, Tasks::iterator> by_handle_ ENVEJ_GUARDED_BY(mutex_);  // each of them
  uint64_t next_handle_ ENVEJ_GUARDED_BY(mutex_) = 1;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_TIMER_SCHEDULER_H_
