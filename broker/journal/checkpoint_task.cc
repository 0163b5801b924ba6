#include "broker/journal/checkpoint_task.h"

#include <utility>

namespace envej::journal {

CheckpointTask::CheckpointTask(std::unique_ptr<CheckpointWriter> writer, MirrorNext mirror, Options options)
    : writer_(std::move(writer)), options_(std::move(options)) {
  if (mirror) mirror_.emplace(std::move(mirror), options_.mirror);
  thread_ = std::thread([this] { Run(); });
}

CheckpointTask::~CheckpointTask() { Stop(); }

bool CheckpointTask::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) {
    thread_.join();
    if (mirror_) mirror_ended_ = mirror_->Stop(MirrorTask::kStopMost);
  }
  return mirror_ended_;
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
  const bool more = WriteAll();
  if (mirror_) mirror_->Wake();
  return more;
}

bool CheckpointTask::WriteAll() {
  for (int count = 0; count < kRoundMost; ++count) {
    const absl::StatusOr<bool> written = writer_->WriteNext(options_.now());
    if (!written.ok() && options_.checkpoint_failed) options_.checkpoint_failed(written.status());
    if (written.ok() && !*written && options_.covered) options_.covered();
    if (!written.ok() || !*written) return false;
  }
  return true;
}

}  // namespace envej::journal
