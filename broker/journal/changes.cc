#include "broker/journal/changes.h"

#include <utility>

#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"

namespace envej::journal {
namespace {

absl::Status Add(const store::BatchRecord& record, const std::set<std::string>& region_codes,
                 std::vector<Event>& events) {
  for (const std::string& bytes : record.events) {
    absl::StatusOr<Event> event = DecodeEvent(bytes);
    if (!event.ok()) return event.status();
    // That an id is forgotten is no news to its region, which knows for how long ids are remembered; what one operator
    // proposes is nothing that has become of a notice.
    const bool is_told =
        IsOfANotice(event->type) && event->type != EventType::kForgotten && event->type != EventType::kReturnProposed;
    if (is_told && region_codes.contains(event->item.notice.region_code)) events.push_back(*std::move(event));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Changes> ReadChanges(store::OrderedStore& store, const std::set<std::string>& region_codes,
                                    uint64_t from_batch) {
  Changes changes;
  changes.next_batch = from_batch;
  const uint64_t durable = store.LastDurableBatch();
  if (from_batch > durable) return changes;
  const absl::StatusOr<store::ScanResult> scan = store.Scan(
      {.from = store::JournalKey(from_batch), .to = store::JournalKey(durable + 1), .entries = kChangesBatches});
  if (!scan.ok()) return scan.status();
  for (const store::KeyValue& entry : scan->entries) {
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(entry.value);
    if (!record.ok()) return record.status();
    if (record->batch > changes.next_batch) changes.begins_later = true;
    if (absl::Status status = Add(*record, region_codes, changes.events); !status.ok()) return status;
    changes.next_batch = record->batch + 1;
    if (changes.events.size() >= kChangesMost) break;
  }
  changes.more = !scan->entries.empty() && changes.next_batch <= durable;
  return changes;
}

}  // namespace envej::journal
