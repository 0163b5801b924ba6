#include "broker/inbox/inbox_time.h"

#include <algorithm>

#include "proto/contract/whole_microseconds.h"

namespace envej::inbox {

InboxTime::InboxTime(const Clock& clock, const store::OrderedStore& store)
    : clock_(clock), store_(store), last_(store.LastPersistedTime()), elapsed_at_last_(clock.Elapsed()) {}

absl::Time InboxTime::Now() {
  MutexLock lock(mutex_);
  const absl::Duration elapsed = clock_.Elapsed();
  const absl::Time at_half_speed = last_ + (elapsed - elapsed_at_last_) / 2;
  last_ = std::max({clock_.Now(), store_.LastPersistedTime(), at_half_speed});
  elapsed_at_last_ = elapsed;
  return contract::WholeMicroseconds(last_);
}

}  // namespace envej::inbox
