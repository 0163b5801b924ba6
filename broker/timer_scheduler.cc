#include "broker/timer_scheduler.h"

#include <utility>

namespace envej {

TimerScheduler::TimerScheduler() : thread_([this] { Run(); }) {}

TimerScheduler::~TimerScheduler() { Stop(); }

uint64_t TimerScheduler::After(absl::Duration delay, std::function<void()> task) {
  const SteadyTime due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  MutexLock lock(mutex_);
  const uint64_t handle = next_handle_++;
  if (stopping_) return handle;
  const auto added = tasks_.emplace(due, Task{.handle = handle, .run = std::move(task)});
  by_handle_.emplace(handle, added);
  if (added == tasks_.begin()) changed_.NotifyOne();
  return handle;
}

void TimerScheduler::Cancel(uint64_t handle) {
  std::function<void()> cancelled;  // destroyed without the lock
  MutexLock lock(mutex_);
  const auto found = by_handle_.find(handle);
  if (found == by_handle_.end()) return;
  cancelled = std::move(found->second->second.run);
  tasks_.erase(found->second);
  by_handle_.erase(found);
}

size_t TimerScheduler::waiting() {
  MutexLock lock(mutex_);
  return tasks_.size();
}

void TimerScheduler::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    tasks_.clear();
    by_handle_.clear();
    changed_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

void TimerScheduler::Run() {
  mutex_.Lock();
  while (!stopping_) {
    if (tasks_.empty()) {
      changed_.Wait(mutex_);
      continue;
    }
    const auto first = tasks_.begin();
    const auto left = first->first - std::chrono::steady_clock::now();
    if (left > std::chrono::nanoseconds::zero()) {
      changed_.WaitFor(mutex_, absl::FromChrono(left));
      continue;
    }
    const std::function<void()> task = std::move(first->second.run);
    by_handle_.erase(first->second.handle);
    tasks_.erase(first);
    mutex_.Unlock();
    task();
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace envej
