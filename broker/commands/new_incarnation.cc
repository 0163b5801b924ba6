#include "broker/commands/new_incarnation.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "broker/commands/record_writes.h"
#include "broker/inbox/replay.h"
#include "broker/journal/event.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/whole_microseconds.h"

namespace envej::commands {
namespace {

using inbox::Record;
using journal::Event;
using journal::EventType;

constexpr int kEpochBits = 32;
constexpr size_t kEventsInABatch = 500;

// The journal's end, which grows.
class Tail {
 public:
  Tail(store::OfflineStore& store, const store::BatchHead& head, const Incarnation& incarnation)
      : store_(store), head_(head), incarnation_(incarnation) {
    head_.store_incarnation = incarnation.store_incarnation;
    head_.time = std::max(head_.time, contract::WholeMicroseconds(incarnation.now));
  }

  absl::Status Append(std::vector<std::string> events) {
    if (events.empty()) return absl::OkStatus();
    store::BatchRecord record{.store_incarnation = head_.store_incarnation,
                              .broker = incarnation_.broker,
                              .batch = head_.batch + 1,
                              .time = head_.time,
                              .previous_hash = head_.hash,
                              .events_root = contract::MerkleTree(events).root(),
                              .events = {}};
    record.events = std::move(events);
    head_.batch = record.batch;
    head_.hash = store::HashOf(record);
    return store_.Write({{.key = store::JournalKey(record.batch), .value = store::EncodeBatchRecord(record)},
                         {.key = store::HeadKey(), .value = store::EncodeBatchHead(head_)}});
  }

  const store::BatchHead& head() const { return head_; }

 private:
  store::OfflineStore& store_;
  store::BatchHead head_;
  const Incarnation& incarnation_;
};

std::string RestoredEvent(const Reached& reached, uint64_t backup_batch, absl::Time now) {
  Event event;
  event.type = EventType::kRestored;
  event.at = now;
  event.former_incarnation = reached.head.store_incarnation;
  event.former_batch = reached.head.batch;
  event.backup_batch = backup_batch;
  return journal::EncodeEvent(event);
}

Event MissingEvent(const store::NoticeKey& notice, const Record& record, absl::Time now) {
  Event event;
  event.type = EventType::kMissing;
  event.item = {.notice = notice, .revision = record.newest.revision};
  event.at = now;
  return event;
}

// Lets all that is under way outlive its store, and journals what is missing; how many are.
absl::StatusOr<uint64_t> OutliveAndTell(store::OfflineStore& store, absl::Time now, Tail& tail) {
  uint64_t missing = 0;
  std::vector<std::string> events;
  store::ScanRange range{.from = store::RecordPrefix(), .to = store::EndOfPrefix(store::RecordPrefix())};
  for (bool more = true; more;) {
    const absl::StatusOr<store::ScanResult> page = store.Scan(range);
    if (!page.ok()) return page.status();
    for (const store::KeyValue& entry : page->entries) {
      const absl::StatusOr<store::NoticeKey> notice = store::ParseRecordKey(entry.key);
      if (!notice.ok()) return notice.status();
      const absl::StatusOr<Record> record = inbox::DecodeRecord(entry.value);
      if (!record.ok()) continue;  // it stays unreadable, and is told of when it is met
      Record next = *record;
      if (record->state == inbox::State::kMissing) {
        ++missing;
        const Event event = MissingEvent(*notice, *record, now);
        inbox::AddHop(next.trail, inbox::HopOf(event));
        events.push_back(journal::EncodeEvent(event));
        if (events.size() >= kEventsInABatch) {
          if (absl::Status status = tail.Append(std::exchange(events, {})); !status.ok()) return status;
        }
      }
      inbox::OutliveStore(next);
      if (next == *record) continue;
      if (record->state == inbox::State::kLeased) next.due_at = now;
      absl::Status status = store.Write(RecordWrites(*notice, *record, next, /*destroy_content=*/false));
      if (!status.ok()) return status;
    }
    if (!page->entries.empty()) range.from = store::KeyAfter(page->entries.back().key);
    more = page->more;
  }
  if (absl::Status status = tail.Append(std::move(events)); !status.ok()) return status;
  return missing;
}

}  // namespace

uint64_t EpochAfterRestore(uint64_t backup_epoch, const std::string& store_incarnation) {
  uint64_t chance = 0;
  for (size_t place = 0; place < 3; ++place) {
    chance = (chance << 8) | static_cast<unsigned char>(store_incarnation[place]);
  }
  return ((backup_epoch >> kEpochBits) + 1 + chance) << kEpochBits;
}

absl::StatusOr<NewIncarnation> Begin(store::OfflineStore& store, const Reached& reached, const Incarnation& incarnation,
                                     journal::RecoveryMark recovery) {
  const absl::StatusOr<std::optional<std::string>> earlier = store.Get(store::RecoveryKey());
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    absl::StatusOr<journal::RecoveryMark> mark = journal::DecodeRecoveryMark(**earlier);
    if (!mark.ok()) return mark.status();
    recovery.former = std::move(mark->former);
  }
  recovery.former.push_back({.store_incarnation = reached.head.store_incarnation, .last_batch = reached.head.batch});
  Tail tail(store, reached.head, incarnation);
  recovery.restored_at = tail.head().time;  // never before what is known to have happened
  absl::Status status = tail.Append({RestoredEvent(reached, recovery.backup_batch, tail.head().time)});
  if (!status.ok()) return status;
  const absl::StatusOr<uint64_t> missing = OutliveAndTell(store, tail.head().time, tail);
  if (!missing.ok()) return missing.status();
  recovery.missing = *missing;
  const uint64_t epoch = EpochAfterRestore(incarnation.backup_epoch, incarnation.store_incarnation);
  status = store.Write({{.key = store::EpochKey(), .value = store::EncodeEpoch(epoch)},
                        {.key = store::RecoveryKey(), .value = journal::EncodeRecoveryMark(recovery)}});
  if (!status.ok()) return status;
  return NewIncarnation{.mark = store::MarkOf(tail.head(), epoch), .recovery = std::move(recovery)};
}

}  // namespace envej::commands
