#include "broker/wire/held_answers.h"

#include <algorithm>
#include <utility>

namespace envej::wire {

void HeldAnswers::Hold(const std::string& participant, absl::Duration delay, Give give) {
  uint64_t number = 0;
  absl::Duration wait;
  {
    const MutexLock lock(mutex_);
    const auto queue = queues_.try_emplace(participant).first;
    const bool fits = !released_ && held_.size() < bounds_.all && queue->second.held < bounds_.each;
    if (fits) {
      const absl::Duration now = clock_.Elapsed();
      const absl::Duration after_last = std::max(delay, kApart);
      const absl::Duration turn =
          queue->second.held == 0 ? absl::ZeroDuration() : queue->second.last + after_last - now;
      wait = std::min(std::max(delay, turn), kMost);
      queue->second.last = now + wait;
      ++queue->second.held;
      number = ++next_number_;
      held_.emplace(number, Held{.queue = queue, .wait = wait, .give = std::move(give)});
    } else if (queue->second.held == 0) {
      queues_.erase(queue);
    }
  }
  if (number == 0) return give(absl::ZeroDuration());
  scheduler_.After(wait, [this, number] { GiveOne(number); });
}

void HeldAnswers::GiveOne(uint64_t number) {
  Held one;
  {
    const MutexLock lock(mutex_);
    const auto found = held_.find(number);
    if (found == held_.end()) return;  // released meanwhile
    one = std::move(found->second);
    held_.erase(found);
    Leave(one);
  }
  one.give(one.wait);
}

void HeldAnswers::Release() {
  std::map<uint64_t, Held> all;
  {
    const MutexLock lock(mutex_);
    released_ = true;
    all.swap(held_);
    queues_.clear();
  }
  for (const auto& [number, one] : all) one.give(absl::ZeroDuration());
}

size_t HeldAnswers::size() const {
  const MutexLock lock(mutex_);
  return held_.size();
}

void HeldAnswers::Leave(const Held& held) {
  if (--held.queue->second.held == 0) queues_.erase(held.queue);
}

}  // namespace envej::wire
