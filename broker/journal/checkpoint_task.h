#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint_writer.h"
#include "broker/journal/mirror_task.h"
#include "broker/mutex.h"

namespace envej::journal {

// Makes checkpoints in the background, on a thread of its own, and has them mirrored on another. A round makes
// kRoundMost checkpoints at most; where more are left, the next round follows at once.
class CheckpointTask {
 public:
  static constexpr int kRoundMost = 64;

  struct Options {
    absl::Duration every = absl::Seconds(60);  // between rounds
    std::function<absl::Time()> now;
    // What is to be journalled before each round's checkpoints, on the task's thread; may be empty.
    std::function<void()> before_round;
    // An alarm, called on the task's thread, once a round at most: no checkpoint could be made. It is tried again in
    // the next round.
    std::function<void(const absl::Status& why)> checkpoint_failed;
    // Called on the task's thread when checkpoints cover all that was committed before the round; may be empty.
    std::function<void()> covered;
    // What the mirror lacks is tried again in the next round.
    MirrorTask::Options mirror;
  };

  // `mirror` may be empty: nothing is mirrored. The first round is at once.
  CheckpointTask(std::unique_ptr<CheckpointWriter> writer, MirrorNext mirror, Options options);
  // As Stop.
  ~CheckpointTask();
  CheckpointTask(const CheckpointTask&) = delete;
  CheckpointTask& operator=(const CheckpointTask&) = delete;

  // Ends the task after a last round, which covers what was committed before this call. To be called before the store
  // is stopped. For a last round of the mirror it waits MirrorTask::kStopMost at most, and is false if that was not
  // enough: the mirror lacks what it lacks, and see MirrorTask::Stop for what must stay as it is.
  bool Stop();

 private:
  void Run();
  // Whether there may be more to do at once.
  bool Round();
  bool WriteAll();

  const std::unique_ptr<CheckpointWriter> writer_;
  const Options options_;
  std::optional<MirrorTask> mirror_;
  Mutex mutex_;
  ConditionVariable changed_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  bool mirror_ended_ = true;
  std::thread thread_;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_
