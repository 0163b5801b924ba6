#ifndef ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_
#define ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_

#include <optional>

#include "absl/time/time.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// Commits one transition, synced, and waits for what became of it; the store answers every commit. The batch carries
// `now`, or, without it, the last persisted time. Not for a thread of the store's.
store::Outcome CommitAndWait(store::OrderedStore& store, store::Transition transition,
                             std::optional<absl::Time> now = std::nullopt);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_
