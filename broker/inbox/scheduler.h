#ifndef ENVEJ_BROKER_INBOX_SCHEDULER_H_
#define ENVEJ_BROKER_INBOX_SCHEDULER_H_

#include <functional>

#include "absl/time/time.h"

namespace envej::inbox {

// Where work is done later: handed in, so that a simulation decides what runs when.
//
// Thread safety: After may be called from any thread, also from inside a task.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // Runs `task` once, `delay` from now or later; at zero as soon as may be, never inside the call. A task that is
  // still waiting when the scheduler ends is not run.
  virtual void After(absl::Duration delay, std::function<void()> task) = 0;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_SCHEDULER_H_
