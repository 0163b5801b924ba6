#ifndef ENVEJ_BROKER_UPKEEP_PERIODIC_TASK_H_
#define ENVEJ_BROKER_UPKEEP_PERIODIC_TASK_H_

#include <atomic>
#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"

namespace envej::upkeep {

// Work that is done now and then, on a thread of its own. It rests often, so that it takes little of anything from
// those who are waited for, and ends soon when it is asked to.
class PeriodicTask {
 public:
  // Called on the task's thread. It may rest in between, and returns soon once Rest is false.
  using Work = std::function<void(PeriodicTask& task)>;

  // Works first after `first`, and then each `every` after it ended. The clock must outlive it.
  PeriodicTask(absl::Duration first, absl::Duration every, const Clock& clock, Work work);
  // As Stop.
  ~PeriodicTask();
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  // For the work: waits so long. False as soon as the task is to end.
  bool Rest(absl::Duration duration);
  // The same, for a library that asks by itself.
  std::atomic<bool>& stopping() { return stopping_; }

  // Ends the work under way, and the thread.
  void Stop();

 private:
  const absl::Duration first_;
  const absl::Duration every_;
  const Clock& clock_;
  const Work work_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace envej::upkeep

#endif  // ENVEJ_BROKER_UPKEEP_PERIODIC_TASK_H_
