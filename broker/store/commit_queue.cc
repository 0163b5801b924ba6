#include "broker/store/commit_queue.h"

#include <utility>

namespace envej::store {

bool CommitQueue::Push(PendingCommit& commit) {
  const size_t transitions = commit.transitions.size();
  const size_t bytes = SizeOf(commit.transitions);
  bool was_empty = false;
  {
    MutexLock lock(mutex_);
    was_empty = entries_.empty();
    const bool fits = transitions_ + transitions <= bounds_.queue_transitions && bytes_ + bytes <= bounds_.queue_bytes;
    if (closed_ || (!was_empty && !fits)) return false;
    transitions_ += transitions;
    bytes_ += bytes;
    entries_.push_back(Entry{.commit = std::move(commit), .bytes = bytes});
  }
  if (was_empty) changed_.NotifyOne();
  return true;
}

std::vector<PendingCommit> CommitQueue::Gather(absl::Duration at_most) {
  std::vector<PendingCommit> gathered;
  size_t transitions = 0;
  size_t bytes = 0;
  MutexLock lock(mutex_);
  gathered_began_.reset();
  while (entries_.empty() && !closed_) {
    if (at_most == absl::InfiniteDuration()) {
      changed_.Wait(mutex_);
    } else if (!changed_.WaitFor(mutex_, at_most)) {
      break;
    }
  }
  while (!entries_.empty()) {
    Entry& next = entries_.front();
    const size_t count = next.commit.transitions.size();
    const bool fits = transitions + count <= bounds_.batch_transitions && bytes + next.bytes <= bounds_.batch_bytes;
    // Commits of no transitions count for nothing, so their number is bounded too.
    if (!gathered.empty() && (!fits || gathered.size() >= bounds_.batch_transitions)) break;
    transitions += count;
    bytes += next.bytes;
    gathered.push_back(std::move(next.commit));
    entries_.pop_front();
  }
  transitions_ -= transitions;
  bytes_ -= bytes;
  if (!gathered.empty()) gathered_began_ = gathered.front().began;
  return gathered;
}

std::optional<absl::Duration> CommitQueue::OldestBegan() {
  MutexLock lock(mutex_);
  if (gathered_began_.has_value() || entries_.empty()) return gathered_began_;
  return entries_.front().commit.began;
}

bool CommitQueue::IsOver() {
  MutexLock lock(mutex_);
  return closed_ && entries_.empty();
}

void CommitQueue::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.NotifyAll();
}

}  // namespace envej::store
