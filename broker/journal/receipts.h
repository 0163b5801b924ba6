#ifndef ENVEJ_BROKER_JOURNAL_RECEIPTS_H_
#define ENVEJ_BROKER_JOURNAL_RECEIPTS_H_

#include "absl/status/statusor.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/receipt.h"

namespace envej::journal {

// The receipt of an acceptance that was just committed.
contract::Receipt MakeReceipt(const Event& accepted, const store::Outcome& outcome);

// The receipt of an item that was accepted before, rebuilt from where its acceptance stands in the journal: the same as
// when it was accepted. DATA_LOSS if the journal does not hold it there.
absl::StatusOr<contract::Receipt> ReadReceipt(store::OrderedStore& store, const store::ItemKey& item,
                                              const contract::JournalPosition& position);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_RECEIPTS_H_
