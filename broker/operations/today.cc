#include "broker/operations/today.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"

namespace envej::operations {

using journal::EventType;

void DayCounts::Count(EventType type) {
  switch (type) {
    case EventType::kAccepted:
      ++accepted;
      break;
    case EventType::kWithdrawn:
      ++accepted;
      ++withdrawn;
      break;
    case EventType::kAcknowledged:
      ++acknowledged;
      break;
    case EventType::kReturned:
      ++returned;
      break;
    default:
      break;
  }
}

DayCounts& DayCounts::operator+=(const DayCounts& other) {
  accepted += other.accepted;
  acknowledged += other.acknowledged;
  returned += other.returned;
  withdrawn += other.withdrawn;
  return *this;
}

TodayReader::TodayReader(store::OrderedStore& store, inbox::Scheduler& scheduler, Options options)
    : store_(store),
      scheduler_(scheduler),
      options_(std::move(options)),
      read_from_(std::min(options_.from, options_.fetches_from)) {}

void TodayReader::Start() {
  scheduler_.After(absl::ZeroDuration(), [this] { Begin(); });
}

void TodayReader::Begin() {
  const absl::StatusOr<uint64_t> first = FindFirst();
  if (!first.ok()) return End(first.status());
  next_ = *first;
  Step();
}

absl::StatusOr<uint64_t> TodayReader::FindFirst() {
  const absl::StatusOr<store::ScanResult> oldest =
      store_.Scan({.from = store::JournalKey(1), .to = store::JournalKey(options_.last_batch + 1), .entries = 1});
  if (!oldest.ok()) return oldest.status();
  uint64_t beyond = options_.last_batch + 1;
  if (oldest->entries.empty()) return beyond;
  const absl::StatusOr<uint64_t> begins = store::ParseBatchKey(oldest->entries.front().key);
  if (!begins.ok()) return begins.status();
  uint64_t first = *begins;
  while (first < beyond) {
    const uint64_t middle = first + (beyond - first) / 2;
    const absl::StatusOr<std::optional<store::BatchRecord>> record = store::ReadBatchRecord(store_, middle);
    if (!record.ok() && !absl::IsDataLoss(record.status())) return record.status();
    // One that cannot be read may be meant, so that what lies before it is looked at; one that was pruned is not.
    const bool is_meant = !record.ok() || (record->has_value() && (*record)->time >= read_from_);
    if (is_meant) {
      beyond = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

void TodayReader::Step() {
  if (next_ > options_.last_batch) return End(unreadable_);
  const absl::StatusOr<store::ScanResult> scan = store_.Scan({.from = store::JournalKey(next_),
                                                              .to = store::JournalKey(options_.last_batch + 1),
                                                              .entries = kStepBatches,
                                                              .bytes = kStepBytes});
  if (!scan.ok()) return End(scan.status());
  for (const store::KeyValue& entry : scan->entries) {
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(entry.value);
    if (!record.ok()) {
      unreadable_.Update(record.status());
      continue;
    }
    for (const std::string& bytes : record->events) Count(bytes);
  }
  if (!scan->more) return End(unreadable_);
  const absl::StatusOr<uint64_t> last = store::ParseBatchKey(scan->entries.back().key);
  if (!last.ok()) return End(last.status());
  next_ = *last + 1;
  scheduler_.After(kBetweenSteps, [this] { Step(); });
}

void TodayReader::Count(const std::string& bytes) {
  const absl::StatusOr<journal::Event> event = journal::DecodeEvent(bytes);
  if (!event.ok()) return unreadable_.Update(event.status());
  if (!journal::IsOfANotice(event->type) || event->at < read_from_) return;
  const bool is_of_the_day = event->at >= options_.from;
  if (!is_of_the_day && event->type != EventType::kLeased) return;
  JournalledInbox& inbox = inboxes_[event->item.notice.municipality_code];
  if (is_of_the_day) inbox.counts.Count(event->type);
  if (event->type == EventType::kLeased) inbox.last_fetch_at = std::max(inbox.last_fetch_at, event->at);
}

void TodayReader::End(const absl::Status& status) {
  options_.read(inboxes_, status);
  inboxes_.clear();
}

}  // namespace envej::operations
