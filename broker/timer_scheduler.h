#ifndef ENVEJ_BROKER_TIMER_SCHEDULER_H_
#define ENVEJ_BROKER_TIMER_SCHEDULER_H_

#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "absl/time/time.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"

namespace envej {

// Runs tasks on one thread of its own, by a steady clock. What waits in it is bounded by those who hand it tasks:
// one for each waiting pull and a few of the inboxes' own.
class TimerScheduler final : public inbox::Scheduler {
 public:
  TimerScheduler();
  ~TimerScheduler() override;

  void After(absl::Duration delay, std::function<void()> task) override;

  // Ends the thread once the task under way is done; waiting tasks are dropped. Later calls of After do nothing.
  void Stop();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Run();

  Mutex mutex_;
  ConditionVariable changed_;
  std::multimap<SteadyTime, std::function<void()>> tasks_ ENVEJ_GUARDED_BY(mutex_);
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_TIMER_SCHEDULER_H_
