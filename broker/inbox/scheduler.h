#ifndef ENVEJ_BROKER_INBOX_SCHEDULER_H_
#define ENVEJ_BROKER_INBOX_SCHEDULER_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"

namespace envej::inbox {

// Where work is done later: handed in, so that a simulation decides what runs when.
//
// Thread safety: any thread, also from inside a task, and holding locks that tasks take.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // Runs `task` once, `delay` from now or later; at zero as soon as may be, never inside the call. A task that is
  // still waiting when the scheduler ends is not run. Returns a handle for Cancel, which is never 0.
  virtual uint64_t After(absl::Duration delay, std::function<void()> task) = 0;
  // The task is forgotten, unless it has begun; a handle of none does nothing. Does not wait for it.
  virtual void Cancel(uint64_t handle) = 0;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_SCHEDULER_H_
