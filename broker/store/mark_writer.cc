#include "broker/store/mark_writer.h"

#include <utility>

namespace envej::store {

MarkWriter::MarkWriter(std::unique_ptr<HighWaterMarkFile> file) : file_(std::move(file)), thread_([this] { Run(); }) {}

MarkWriter::~MarkWriter() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void MarkWriter::Begin(HighWaterMark mark) {
  {
    MutexLock lock(mutex_);
    due_ = std::move(mark);
    result_.reset();
  }
  changed_.NotifyAll();
}

absl::Status MarkWriter::Wait() {
  MutexLock lock(mutex_);
  while (!result_) changed_.Wait(mutex_);
  return *result_;
}

void MarkWriter::Run() {
  while (true) {
    HighWaterMark mark;
    {
      MutexLock lock(mutex_);
      while (!due_ && !stopping_) changed_.Wait(mutex_);
      if (!due_) return;
      mark = *std::move(due_);
      due_.reset();
    }
    absl::Status status = file_->Write(mark);
    {
      MutexLock lock(mutex_);
      result_ = std::move(status);
    }
    changed_.NotifyAll();
  }
}

}  // namespace envej::store
