#ifndef ENVEJ_BROKER_INBOX_INBOX_TIME_H_
#define ENVEJ_BROKER_INBOX_INBOX_TIME_H_

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// The time by which notices are stamped and leases run out: the clock's, but never behind what was given before or what
// the store has persisted. Where it is ahead of the clock, which was then put back, it goes on at half speed until the
// clock has caught up: leases then last up to twice as long, and none for ever.
//
// Thread safety: any thread.
class InboxTime {
 public:
  // Both must outlive it.
  InboxTime(const Clock& clock, const store::OrderedStore& store);

  // In whole microseconds.
  absl::Time Now();

 private:
  const Clock& clock_;
  const store::OrderedStore& store_;
  Mutex mutex_;
  absl::Time last_ ENVEJ_GUARDED_BY(mutex_);
  absl::Duration elapsed_at_last_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_INBOX_TIME_H_
