#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint_writer.h"
#include "broker/journal/mirror.h"
#include "broker/mutex.h"

namespace envej::journal {

// Makes and mirrors checkpoints in the background, on a thread of its own: a slow or hanging mirror holds up nothing
// but itself. A round makes, and then mirrors, kRoundMost checkpoints at most; where more are left, as after a mirror
// was away, the next round follows at once.
class CheckpointTask {
 public:
  static constexpr int kRoundMost = 64;

  struct Options {
    absl::Duration every = absl::Seconds(60);  // between rounds
    std::function<absl::Time()> now;
    // What is to be journalled before each round's checkpoints, on the task's thread; may be empty.
    std::function<void()> before_round;
    // Alarms, called on the task's thread, once a round at most: no checkpoint could be made; it was made but could not
    // be mirrored. What follows is tried again in the next round.
    std::function<void(const absl::Status& why)> checkpoint_failed;
    std::function<void(const absl::Status& why)> mirror_failed;
    // The first round that mirrored all after one that could not.
    std::function<void()> mirror_caught_up;
  };

  // `mirror` may be null. The first round is at once.
  CheckpointTask(std::unique_ptr<CheckpointWriter> writer, std::unique_ptr<Mirror> mirror, Options options);
  // As Stop.
  ~CheckpointTask();
  CheckpointTask(const CheckpointTask&) = delete;
  CheckpointTask& operator=(const CheckpointTask&) = delete;

  // Ends the thread after a last round, which covers what was committed before this call. To be called before the store
  // is stopped.
  void Stop();

 private:
  void Run();
  // Whether there may be more to do at once.
  bool Round();
  bool WriteAll();
  bool MirrorAll();

  const std::unique_ptr<CheckpointWriter> writer_;
  const std::unique_ptr<Mirror> mirror_;
  const Options options_;
  bool mirror_is_behind_ = false;  // the thread's own
  Mutex mutex_;
  ConditionVariable changed_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_TASK_H_
