#ifndef ENVEJ_BROKER_WIRE_HELD_ANSWERS_H_
#define ENVEJ_BROKER_WIRE_HELD_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"

namespace envej::wire {

// Answers of calls that came too fast, held back: who asks again as soon as it was answered would otherwise take the
// processor with refusals. Of one participant, each waits its delay from the one before, but at least a millisecond, so
// that those who ask again at the same moment do not all come too early; and none waits for longer than a second.
// Bounded: beyond the bounds an answer is not held.
//
// The scheduler is stopped before this object ends. Thread-safe.
class HeldAnswers {
 public:
  struct Bounds {
    size_t each = 1'000;  // of one participant
    size_t all = 4'096;
  };
  static constexpr absl::Duration kMost = absl::Seconds(1);
  static constexpr absl::Duration kApart = absl::Milliseconds(1);

  HeldAnswers(inbox::Scheduler& scheduler, const Clock& clock) : HeldAnswers(scheduler, clock, Bounds()) {}
  HeldAnswers(inbox::Scheduler& scheduler, const Clock& clock, const Bounds& bounds)
      : scheduler_(scheduler), clock_(clock), bounds_(bounds) {}

  // How an answer is given; told how long it was held.
  using Give = std::function<void(absl::Duration held)>;

  // Gives the answer once: `delay` from now, or from the participant's last one that is held; at most kMost from now;
  // at once, inside the call, where no more may be held. The participant is any text that names it.
  void Hold(const std::string& participant, absl::Duration delay, Give give);

  // Gives all of them now, and later ones at once: the broker stops.
  void Release();

  size_t size() const;  // how many are held

 private:
  struct Queue {
    size_t held = 0;
    absl::Duration last;  // when the last one of them is due, by the clock's Elapsed
  };
  struct Held {
    std::map<std::string, Queue>::iterator queue;
    absl::Duration wait;
    Give give;
  };

  void GiveOne(uint64_t number);
  void Leave(const Held& held) ENVEJ_REQUIRES(mutex_);

  inbox::Scheduler& scheduler_;
  const Clock& clock_;
  const Bounds bounds_;
  mutable Mutex mutex_;
  std::map<std::string, Queue> queues_ ENVEJ_GUARDED_BY(mutex_);  // of those who have something held
  std::map<uint64_t, Held> held_ ENVEJ_GUARDED_BY(mutex_);
  uint64_t next_number_ ENVEJ_GUARDED_BY(mutex_) = 0;
  bool released_ ENVEJ_GUARDED_BY(mutex_) = false;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_HELD_ANSWERS_H_
