#ifndef ENVEJ_BROKER_JOURNAL_MIRROR_TASK_H_
#define ENVEJ_BROKER_JOURNAL_MIRROR_TASK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/mutex.h"

namespace envej::journal {

// Copies one more checkpoint to the mirror, as Mirror::WriteNext does.
using MirrorNext = std::function<absl::StatusOr<bool>()>;

// Mirrors on a thread of its own, so that a disk that is slow or hangs holds up nothing else. A round copies kRoundMost
// checkpoints at most; where more are left, the next one follows at once.
class MirrorTask {
 public:
  static constexpr int kRoundMost = 64;

  struct Options {
    // On the task's thread, once a round at most.
    std::function<void(const absl::Status& why)> failed;
    // The first round that copied all after one that did not.
    std::function<void()> caught_up;
    // On the thread that wakes the task: what was under way at the last waking still is.
    std::function<void()> hangs;
  };

  MirrorTask(MirrorNext mirror, Options options);
  // As Stop(kStopMost).
  ~MirrorTask();
  MirrorTask(const MirrorTask&) = delete;
  MirrorTask& operator=(const MirrorTask&) = delete;

  // Begins a round, or another one after that which is under way.
  void Wake();

  // Ends the thread after a last round, and waits for it for at most `at_most`. False if it has not ended by then: it
  // is left behind, and begins nothing more after what is under way; but what the mirror, the store too, and the
  // options use must stay as it is for as long as the process lives. The same answer again afterwards.
  bool Stop(absl::Duration at_most);
  static constexpr absl::Duration kStopMost = absl::Seconds(5);

 private:
  // What the thread uses; it may outlive the task.
  struct State {
    MirrorNext mirror;
    Options options;
    Mutex mutex;
    ConditionVariable changed;
    ConditionVariable over;
    bool woken ENVEJ_GUARDED_BY(mutex) = false;
    bool stopping ENVEJ_GUARDED_BY(mutex) = false;
    bool left_behind ENVEJ_GUARDED_BY(mutex) = false;
    bool ended ENVEJ_GUARDED_BY(mutex) = false;
    bool behind ENVEJ_GUARDED_BY(mutex) = false;
    bool busy ENVEJ_GUARDED_BY(mutex) = false;
    uint64_t copies ENVEJ_GUARDED_BY(mutex) = 0;          // begun
    uint64_t copies_at_wake ENVEJ_GUARDED_BY(mutex) = 0;  // of the last one; at first none was under way
  };

  static void Run(State& state);
  // Whether there may be more to do at once.
  static bool Round(State& state);

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_MIRROR_TASK_H_
