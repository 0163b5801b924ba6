#include "broker/commands/replay_journal.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/commands/record_writes.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/replay.h"
#include "broker/inbox/transitions.h"
#include "broker/journal/checkpoint_chain.h"
#include "broker/journal/event.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/key_layout.h"
#include "broker/suspensions.h"
#include "proto/contract/limits.h"

namespace envej::commands {
namespace {

using inbox::Record;
using journal::StoredValue;
using store::BatchRecord;
using store::BatchWrite;

class Replaying {
 public:
  Replaying(store::OfflineStore& store, const store::BatchHead& from, bool was_restored, absl::Time now)
      : store_(store), from_(from), was_restored_(was_restored), now_(now) {
    reached_.head = from;
  }

  // False when it goes no further.
  absl::StatusOr<bool> Take(const StoredValue& stored, std::optional<absl::string_view> vouched) {
    if (stored.batch < from_.batch) return true;
    absl::StatusOr<BatchRecord> record = store::DecodeBatchRecord(stored.value);
    if (stored.batch == from_.batch) {
      if (record.ok() && store::HashOf(*record) == from_.hash) return true;
      return absl::DataLossError(
          absl::StrCat("the mirror's record of batch ", from_.batch,
                       " is another than the backup's: they are not of one history; take another "
                       "backup; if there is none, restore with --no-mirror"));
    }
    const uint64_t next = reached_.head.batch + 1;
    std::string why;
    if (!record.ok()) {
      why = std::string(record.status().message());
    } else if (record->batch != next || record->previous_hash != reached_.head.hash ||
               record->store_incarnation != from_.store_incarnation) {
      why = "the record does not lead on from the one before it";
    } else if (vouched != store::HashOf(*record)) {
      why = "no checkpoint that holds covers the record";
    }
    if (!why.empty()) {
      reached_.why_not_further = absl::StrCat("batch ", next, ": ", why);
      return false;
    }
    return Carry(*record, stored.value);
  }

  Reached& reached() { return reached_; }

 private:
  absl::StatusOr<bool> Carry(const BatchRecord& record, const std::string& value) {
    for (uint32_t index = 0; index < record.events.size(); ++index) {
      const contract::JournalPosition position{.store_incarnation = record.store_incarnation,
                                               .broker = record.broker,
                                               .batch = record.batch,
                                               .event_index = index};
      const absl::StatusOr<journal::Event> event = journal::DecodeEvent(record.events[index]);
      if (!event.ok()) {
        ++reached_.unfitting;
        continue;
      }
      const absl::Status status =
          journal::IsOfANotice(event->type) ? Happen(*event, position) : HappenToAParticipant(*event);
      if (!status.ok()) return status;
    }
    reached_.head = {.store_incarnation = record.store_incarnation,
                     .batch = record.batch,
                     .hash = store::HashOf(record),
                     .time = std::max(reached_.head.time, record.time)};
    const absl::Status status =
        store_.Write({{.key = store::JournalKey(record.batch), .value = value},
                      {.key = store::HeadKey(), .value = store::EncodeBatchHead(reached_.head)}});
    if (!status.ok()) return status;
    return true;
  }

  // Who was suspended stays so in the restored store.
  absl::Status HappenToAParticipant(const journal::Event& event) {
    const std::string key = store::SuspensionKey(event.caller);
    if (event.type == journal::EventType::kParticipantSuspended) {
      return store_.Write({{.key = key, .value = EncodeSuspension({.since = event.at, .by = event.actor})}});
    }
    if (event.type == journal::EventType::kParticipantResumed) return store_.Write({{.key = key, .value = {}}});
    return absl::OkStatus();
  }

  absl::Status Happen(const journal::Event& event, const contract::JournalPosition& position) {
    const store::NoticeKey& notice = event.item.notice;
    const absl::StatusOr<std::optional<std::string>> stored = store_.Get(store::RecordKey(notice));
    if (!stored.ok()) return stored.status();
    std::optional<Record> before;
    if (stored->has_value()) {
      absl::StatusOr<Record> decoded = inbox::DecodeRecord(**stored);
      if (!decoded.ok()) {
        ++reached_.unfitting;
        return absl::OkStatus();
      }
      before = *std::move(decoded);
    }
    if (event.type == journal::EventType::kForgotten && before.has_value()) return Forget(notice, *before);
    inbox::Replayed replayed = inbox::Replay(before, event, position, was_restored_);
    if (!replayed.next.has_value()) {
      ++reached_.unfitting;
      return absl::OkStatus();
    }
    replayed.next->due_at = inbox::IsUnderWay(replayed.next->state) ? now_ : inbox::ForgetAt(*replayed.next);
    return store_.Write(RecordWrites(notice, before, *replayed.next, replayed.destroy_content));
  }

  // As inbox/operation.cc forgets: what was made before it is not taken as new.
  absl::Status Forget(const store::NoticeKey& notice, const Record& record) {
    const absl::StatusOr<std::optional<std::string>> stored = store_.Get(store::ForgottenKey());
    if (!stored.ok()) return stored.status();
    absl::Time until = record.newest.accepted_at + contract::kClockSkew;
    if (stored->has_value()) until = std::max(until, store::DecodeTime(**stored).value_or(until));
    std::vector<BatchWrite> writes = {{.key = store::RecordKey(notice), .value = std::nullopt},
                                      {.key = store::ForgottenKey(), .value = store::EncodeTime(until)}};
    for (std::string& key : inbox::IndexKeys(notice, record)) {
      writes.push_back({.key = std::move(key), .value = std::nullopt});
    }
    return store_.Write(writes);
  }

  store::OfflineStore& store_;
  const store::BatchHead from_;
  const bool was_restored_;
  const absl::Time now_;
  Reached reached_;
};

// Whether the checkpoint holds and covers, as its last, a record that the store has.
absl::StatusOr<bool> Covers(const store::OfflineStore& store, const StoredValue& stored,
                            const journal::CheckSignatureFunction& check) {
  const absl::StatusOr<journal::StoredCheckpoint> decoded = journal::DecodeStoredCheckpoint(stored.value);
  if (!decoded.ok() || decoded->checkpoint().last_batch != stored.batch) return false;
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::JournalKey(stored.batch));
  if (!value.ok()) return value.status();
  const absl::StatusOr<BatchRecord> record = store::DecodeBatchRecord(value->value_or(""));
  return record.ok() && store::HashOf(*record) == decoded->checkpoint().last_hash &&
         check(decoded->signed_checkpoint).ok();
}

// The last batch, up to `newest`, that a checkpoint of the store's own covers; 0: none.
absl::StatusOr<uint64_t> CoveredUpTo(const store::OfflineStore& store, uint64_t newest) {
  uint64_t covered = 0;
  for (uint64_t uncovered = newest + 1; covered + 1 < uncovered;) {
    const uint64_t between = covered + (uncovered - covered) / 2;
    const absl::StatusOr<store::ScanResult> next =
        store.Scan({.from = store::CheckpointKey(between), .to = store::CheckpointKey(uncovered), .entries = 1});
    if (!next.ok()) return next.status();
    if (next->entries.empty()) {
      uncovered = between;
      continue;
    }
    const absl::StatusOr<uint64_t> last_batch = store::ParseBatchKey(next->entries.front().key);
    if (!last_batch.ok()) return last_batch.status();
    covered = *last_batch;
  }
  return covered;
}

}  // namespace

absl::StatusOr<Reached> ReplayJournal(store::OfflineStore& store, const store::BatchHead& from,
                                      const OpenJournalFunction& open, const journal::CheckSignatureFunction& check,
                                      absl::Time now, const std::function<void(uint64_t batch)>& progress) {
  const absl::StatusOr<uint64_t> covered = CoveredUpTo(store, from.batch);
  if (!covered.ok()) return covered.status();
  const absl::StatusOr<std::unique_ptr<journal::JournalSource>> source = open(from.batch);
  if (!source.ok()) return source.status();
  journal::Findings findings;
  journal::CheckpointChain checkpoints(**source, check, findings);
  const absl::StatusOr<std::optional<std::string>> earlier = store.Get(store::RecoveryKey());
  if (!earlier.ok()) return earlier.status();
  Replaying replaying(store, from, earlier->has_value(), now);
  for (bool more = true; more;) {
    const absl::StatusOr<std::optional<StoredValue>> stored = (*source)->NextRecord();
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) break;
    if (progress) progress((*stored)->batch);
    const bool is_new = (*stored)->batch > from.batch;
    const absl::StatusOr<bool> goes_on =
        replaying.Take(**stored, is_new ? checkpoints.HashOf((*stored)->batch) : std::nullopt);
    if (!goes_on.ok()) return goes_on.status();
    more = *goes_on;
  }
  const absl::StatusOr<std::unique_ptr<journal::JournalSource>> again = open(*covered + 1);
  if (!again.ok()) return again.status();
  if (absl::Status status = TakeCheckpoints(store, **again, check); !status.ok()) return status;
  return std::move(replaying.reached());
}

absl::Status TakeCheckpoints(store::OfflineStore& store, journal::JournalSource& source,
                             const journal::CheckSignatureFunction& check) {
  while (true) {
    const absl::StatusOr<std::optional<StoredValue>> stored = source.NextCheckpoint();
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return absl::OkStatus();
    const absl::StatusOr<bool> covers = Covers(store, **stored, check);
    if (!covers.ok()) return covers.status();
    if (!*covers) continue;
    absl::Status status = store.Write({{.key = store::CheckpointKey((*stored)->batch), .value = (*stored)->value}});
    if (!status.ok()) return status;
  }
}

absl::Status TakeFormerCheckpoints(store::OfflineStore& store, const OpenIncarnationFunction& open,
                                   const journal::CheckSignatureFunction& check) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::RecoveryKey());
  if (!value.ok() || !value->has_value()) return value.status();
  const absl::StatusOr<journal::RecoveryMark> mark = journal::DecodeRecoveryMark(**value);
  if (!mark.ok()) return mark.status();
  for (const journal::FormerIncarnation& former : mark->former) {
    const absl::StatusOr<std::unique_ptr<journal::JournalSource>> source = open(former.store_incarnation);
    if (!source.ok()) return source.status();
    if (*source == nullptr) continue;
    if (absl::Status status = TakeCheckpoints(store, **source, check); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace envej::commands
