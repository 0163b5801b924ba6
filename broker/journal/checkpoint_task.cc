#include "broker/journal/checkpoint_task.h"

#include <utility>

namespace envej::journal {

CheckpointTask::CheckpointTask(std::unique_ptr<CheckpointWriter> writer, std::unique_ptr<Mirror> mirror,
                               Options options)
    : writer_(std::move(writer)),
      mirror_(std::move(mirror)),
      options_(std::move(options)),
      thread_([this] { Run(); }) {}

CheckpointTask::~CheckpointTask() { Stop(); }

void CheckpointTask::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void CheckpointTask::Run() {
  while (true) {
    const bool more = Round();
    MutexLock lock(mutex_);
    if (!stopping_ && !more) changed_.WaitFor(mutex_, options_.every);
    if (stopping_) break;
  }
  Round();
}

bool CheckpointTask::Round() {
  if (options_.before_round) options_.before_round();
  const bool more_to_write = WriteAll();
  const bool more_to_mirror = mirror_ != nullptr && MirrorAll();
  return more_to_write || more_to_mirror;
}

bool CheckpointTask::WriteAll() {
  for (int count = 0; count < kRoundMost; ++count) {
    const absl::StatusOr<bool> written = writer_->WriteNext(options_.now());
    if (!written.ok() && options_.checkpoint_failed) options_.checkpoint_failed(written.status());
    if (!written.ok() || !*written) return false;
  }
  return true;
}

bool CheckpointTask::MirrorAll() {
  for (int count = 0; count < kRoundMost; ++count) {
    const absl::StatusOr<bool> written = mirror_->WriteNext();
    if (!written.ok()) {
      mirror_is_behind_ = true;
      if (options_.mirror_failed) options_.mirror_failed(written.status());
      return false;
    }
    if (*written) continue;
    if (mirror_is_behind_ && options_.mirror_caught_up) options_.mirror_caught_up();
    mirror_is_behind_ = false;
    return false;
  }
  return true;
}

}  // namespace envej::journal
