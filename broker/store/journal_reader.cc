#include "broker/store/journal_reader.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "broker/store/key_layout.h"

namespace envej::store {

absl::StatusOr<std::optional<BatchRecord>> ReadBatchRecord(OrderedStore& store, uint64_t batch) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(JournalKey(batch));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<BatchRecord>();
  absl::StatusOr<BatchRecord> record = DecodeBatchRecord(**value);
  if (!record.ok()) return record.status();
  if (record->batch != batch) return absl::DataLossError("a journal record stands under another batch's key");
  return std::optional<BatchRecord>(*std::move(record));
}

}  // namespace envej::store
