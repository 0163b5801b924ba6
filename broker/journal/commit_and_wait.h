#ifndef ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_
#define ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_

#include "broker/store/ordered_store.h"

namespace envej::journal {

// Commits one transition, synced, and waits for what became of it; the store answers every commit. The batch carries
// the last persisted time. Not for a thread of the store's.
store::Outcome CommitAndWait(store::OrderedStore& store, store::Transition transition);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_COMMIT_AND_WAIT_H_
