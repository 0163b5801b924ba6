#include "broker/upkeep/periodic_task.h"

#include <utility>

namespace envej::upkeep {

PeriodicTask::PeriodicTask(absl::Duration first, absl::Duration every, const Clock& clock, Work work)
    : first_(first), every_(every), clock_(clock), work_(std::move(work)) {
  thread_ = std::thread([this] {
    absl::Duration until_next = first_;
    while (Rest(until_next)) {
      work_(*this);
      until_next = every_;
    }
  });
}

PeriodicTask::~PeriodicTask() { Stop(); }

bool PeriodicTask::Rest(absl::Duration duration) {
  const absl::Duration until = clock_.Elapsed() + duration;
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Duration left = until - clock_.Elapsed();
    if (left <= absl::ZeroDuration()) return true;
    changed_.WaitFor(mutex_, left);
  }
  return false;
}

void PeriodicTask::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace envej::upkeep
