#ifndef ENVEJ_BROKER_STORE_JOURNAL_READER_H_
#define ENVEJ_BROKER_STORE_JOURNAL_READER_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "broker/store/batch_record.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

// The journal record of a batch, or nothing if the journal has none of that number: it is yet to come, or pruned.
// DATA_LOSS if the record does not hold; else an error of the store's.
absl::StatusOr<std::optional<BatchRecord>> ReadBatchRecord(OrderedStore& store, uint64_t batch);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_JOURNAL_READER_H_
