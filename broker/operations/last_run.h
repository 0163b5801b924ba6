#ifndef ENVEJ_BROKER_OPERATIONS_LAST_RUN_H_
#define ENVEJ_BROKER_OPERATIONS_LAST_RUN_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/store/ordered_store.h"

namespace envej::operations {

// Until when the broker is known to have run: the store's last persisted time, which is a little behind after a crash,
// and where nothing happened for long before it, much; but never later than now. To be asked before this run commits.
absl::Time RanUntil(const store::OrderedStore& store, absl::Time now);

// Has the store know that the broker ran until now: to be called as it stops serving. It is a commit that changes
// nothing, and is on the disk when this returns OK; UNAVAILABLE if it is not. Errors are the store's. Not for a thread
// of the store's.
absl::Status NoteEnd(store::OrderedStore& store, absl::Time now);

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_LAST_RUN_H_
