#ifndef ENVEJ_BROKER_STORE_COMMIT_QUEUE_H_
#define ENVEJ_BROKER_STORE_COMMIT_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "broker/mutex.h"
#include "broker/store/batch_builder.h"

namespace envej::store {

// The commits that wait for the committer, in order, bounded.
//
// Thread safety: Gather from one thread; all else from any.
class CommitQueue {
 public:
  struct Bounds {
    size_t queue_transitions;
    size_t queue_bytes;
    size_t batch_transitions;
    size_t batch_bytes;
  };

  explicit CommitQueue(const Bounds& bounds) : bounds_(bounds) {}

  // False, with `commit` untouched, if it does not fit or the queue is closed. Into an empty queue every commit fits.
  bool Push(PendingCommit& commit);

  // What was gathered before is answered by now. Waits for the first commit and takes what one batch may hold: at least
  // one. None: closed, and all were taken; or none came within `at_most`.
  std::vector<PendingCommit> Gather(absl::Duration at_most = absl::InfiniteDuration());

  // When the oldest commit began that was pushed and is not answered yet; nothing if there is none. Waits for no
  // commit.
  std::optional<absl::Duration> OldestBegan();

  // Whether it is closed, and all were taken.
  bool IsOver();
  void Close();

 private:
  struct Entry {
    PendingCommit commit;
    size_t bytes;
  };

  const Bounds bounds_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<Entry> entries_ ENVEJ_GUARDED_BY(mutex_);
  std::optional<absl::Duration> gathered_began_ ENVEJ_GUARDED_BY(mutex_);  // of the oldest that was gathered last
  size_t transitions_ ENVEJ_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ENVEJ_GUARDED_BY(mutex_) = 0;
  bool closed_ ENVEJ_GUARDED_BY(mutex_) = false;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_COMMIT_QUEUE_H_
