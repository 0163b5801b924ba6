#include "broker/inbox/inbox_time.h"

#include <algorithm>

#include "proto/contract/whole_microseconds.h"

namespace envej::inbox {

InboxTime::InboxTime(const Clock& clock, const store::OrderedStore& store)
    : clock_(clock), store_(store), last_(store.LastPersistedTime()), elapsed_at_last_(clock.Elapsed()) {}

absl::Time InboxTime::Now() {
  MutexLock lock(mutex_);
  // In this order: where both leap in between, as when the machine was held, what is ahead is not taken for a clock
  // that was put back by so much.
  const absl::Time now = clock_.Now();
  const absl::Duration elapsed = clock_.Elapsed();
  const absl::Time at_half_speed = last_ + (elapsed - elapsed_at_last_) / 2;
  last_ = std::max({now, store_.LastPersistedTime(), at_half_speed});
  elapsed_at_last_ = elapsed;
  return contract::WholeMicroseconds(last_);
}

}  // namespace envej::inbox
