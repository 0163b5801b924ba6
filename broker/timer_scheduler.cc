#include "broker/timer_scheduler.h"

#include <utility>

namespace envej {

TimerScheduler::TimerScheduler() : thread_([this] { Run(); }) {}

TimerScheduler::~TimerScheduler() { Stop(); }

void TimerScheduler::After(absl::Duration delay, std::function<void()> task) {
  const SteadyTime due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  MutexLock lock(mutex_);
  if (stopping_) return;
  tasks_.emplace(due, std::move(task));
  changed_.NotifyOne();
}

void TimerScheduler::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    tasks_.clear();
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
    const std::function<void()> task = std::move(first->second);
    tasks_.erase(first);
    mutex_.Unlock();
    task();
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace envej
