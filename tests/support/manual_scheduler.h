#ifndef ENVEJ_TESTS_SUPPORT_MANUAL_SCHEDULER_H_
#define ENVEJ_TESTS_SUPPORT_MANUAL_SCHEDULER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/scheduler.h"

namespace envej {

// A scheduler that runs tasks when a test says so. Its time is how long tasks have waited, whatever the clock shows.
// Not thread-safe.
class ManualScheduler final : public inbox::Scheduler {
 public:
  uint64_t After(absl::Duration delay, std::function<void()> task) override {
    tasks_.push_back({.due = elapsed_ + delay, .order = next_order_, .run = std::move(task)});
    return next_order_++;
  }

  void Cancel(uint64_t handle) override {
    std::erase_if(tasks_, [&](const Task& task) { return task.order == handle; });
  }

  size_t waiting() const { return tasks_.size(); }

  // Lets time pass, and runs what is due in the order in which it falls due, also what those tasks add.
  void Advance(absl::Duration duration) {
    const absl::Duration until = elapsed_ + duration;
    while (RunFirst(until)) {
    }
    elapsed_ = until;
  }

  // Time passes while nothing runs, as where the process is held up; then what has come due runs once.
  void Skip(absl::Duration duration) {
    elapsed_ += duration;
    RunDue();
  }

  // How long tasks could have waited so far.
  absl::Duration elapsed() const { return elapsed_; }

  // Runs what is due now.
  void RunDue() { Advance(absl::ZeroDuration()); }

  void DropAll() { tasks_.clear(); }

 private:
  struct Task {
    absl::Duration due;
    uint64_t order = 0;
    std::function<void()> run;
  };

  bool RunFirst(absl::Duration until) {
    size_t first = tasks_.size();
    for (size_t index = 0; index < tasks_.size(); ++index) {
      if (tasks_[index].due > until) continue;
      if (first == tasks_.size() ||
          std::pair(tasks_[index].due, tasks_[index].order) < std::pair(tasks_[first].due, tasks_[first].order)) {
        first = index;
      }
    }
    if (first == tasks_.size()) return false;
    const Task task = std::move(tasks_[first]);
    tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(first));
    elapsed_ = std::max(elapsed_, task.due);
    task.run();
    return true;
  }

  std::vector<Task> tasks_;
  absl::Duration elapsed_;
  uint64_t next_order_ = 1;
};

}  // namespace envej

#endif  // ENVEJ_TESTS_SUPPORT_MANUAL_SCHEDULER_H_
