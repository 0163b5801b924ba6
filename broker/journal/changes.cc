#include "broker/journal/changes.h"

#include <utility>

#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"

namespace envej::journal {
namespace {

absl::Status Add(const store::BatchRecord& record, const EventFilter& takes, Changes& changes) {
  for (const std::string& bytes : record.events) {
    absl::StatusOr<Event> event = DecodeEvent(bytes);
    if (!event.ok()) return event.status();
    if (!takes(*event)) continue;
    changes.events.push_back(*std::move(event));
    changes.batches.push_back(record.batch);
  }
  return absl::OkStatus();
}

}  // namespace

EventFilter OfRegions(std::set<std::string> region_codes) {
  return [region_codes = std::move(region_codes)](const Event& event) {
    // A region knows for how long ids are remembered, and what is proposed is not done.
    const bool is_news =
        IsOfANotice(event.type) && event.type != EventType::kForgotten && event.type != EventType::kReturnProposed;
    return is_news && region_codes.contains(event.item.notice.region_code);
  };
}

absl::StatusOr<Changes> ReadChanges(store::OrderedStore& store, const std::set<std::string>& region_codes,
                                    uint64_t from_batch) {
  return ReadEvents(store, OfRegions(region_codes), from_batch);
}

absl::StatusOr<Changes> ReadEvents(store::OrderedStore& store, const EventFilter& takes, uint64_t from_batch) {
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
    if (absl::Status status = Add(*record, takes, changes); !status.ok()) return status;
    changes.next_batch = record->batch + 1;
    if (changes.events.size() >= kChangesMost) break;
  }
  changes.more = !scan->entries.empty() && changes.next_batch <= durable;
  return changes;
}

}  // namespace envej::journal
