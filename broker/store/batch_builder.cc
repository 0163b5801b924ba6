#include "broker/store/batch_builder.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "broker/store/key_layout.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/whole_microseconds.h"

namespace envej::store {
namespace {

using contract::WholeMicroseconds;

uint64_t CountOf(const BatchRange& range) {
  return range.last_batch == 0 ? 0 : range.last_batch - range.first_batch + 1;
}

bool MayPrune(const BatchRange& range, uint64_t newest) {
  if (range.last_batch == 0) return true;
  return range.first_batch > 0 && range.first_batch <= range.last_batch && CountOf(range) <= kPruneBatches &&
         newest >= kJournalKept && range.last_batch <= newest - kJournalKept;
}

bool IsWellFormed(const Transition& transition, uint64_t newest) {
  if (!MayPrune(transition.pruned, newest)) return false;
  return std::all_of(transition.mutations.begin(), transition.mutations.end(), [&](const Mutation& mutation) {
    const bool lacks_event = mutation.kind == Mutation::Kind::kPutWithPosition && transition.events.empty();
    return !lacks_event && !IsStoresOwn(mutation.key);
  });
}

// The writes of a batch so far, over what the store holds. Views of keys stay valid because the writes never
// reallocate: the room for all of them is made first.
class Overlay {
 public:
  Overlay(const ReadFunction& read, size_t mutations) : read_(read) {
    writes_.reserve(mutations + 2);
    index_.reserve(mutations);
  }

  absl::StatusOr<bool> Holds(const Condition& condition) const {
    const auto entry = index_.find(condition.key);
    if (entry != index_.end()) return writes_[entry->second].value == condition.value;
    const absl::StatusOr<std::optional<std::string>> stored = read_(condition.key);
    if (!stored.ok()) return stored.status();
    return *stored == condition.value;
  }

  void Write(std::string key, std::optional<std::string> value) {
    const auto entry = index_.find(key);
    if (entry != index_.end()) {
      writes_[entry->second].value = std::move(value);
      return;
    }
    writes_.push_back(BatchWrite{.key = std::move(key), .value = std::move(value)});
    index_.emplace(writes_.back().key, writes_.size() - 1);
  }

  std::vector<BatchWrite> TakeWrites() { return std::move(writes_); }

 private:
  const ReadFunction& read_;
  std::vector<BatchWrite> writes_;
  absl::flat_hash_map<absl::string_view, size_t> index_;
};

absl::StatusOr<bool> AllHold(const Overlay& overlay, const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    const absl::StatusOr<bool> holds = overlay.Holds(condition);
    if (!holds.ok() || !*holds) return holds;
  }
  return true;
}

void Apply(Transition& transition, const std::optional<contract::JournalPosition>& position, Overlay& overlay) {
  for (Mutation& mutation : transition.mutations) {
    switch (mutation.kind) {
      case Mutation::Kind::kPut:
        overlay.Write(std::move(mutation.key), std::move(mutation.value));
        break;
      case Mutation::Kind::kPutWithPosition:
        overlay.Write(std::move(mutation.key), std::move(mutation.value) + EncodePosition(*position));
        break;
      case Mutation::Kind::kDelete:
        overlay.Write(std::move(mutation.key), std::nullopt);
        break;
    }
  }
  for (uint64_t pruned = 0; pruned < CountOf(transition.pruned); ++pruned) {
    overlay.Write(JournalKey(transition.pruned.first_batch + pruned), std::nullopt);
  }
}

void AddProofs(const contract::MerkleTree& tree, Batch& batch) {
  for (std::vector<Outcome>& outcomes : batch.outcomes) {
    for (Outcome& outcome : outcomes) {
      if (outcome.position) outcome.inclusion = tree.Prove(outcome.position->event_index);
    }
  }
}

// Writes the journal record, if there were events, and the head behind everything else.
void Seal(BatchRecord record, Batch& batch) {
  batch.head.time = record.time;
  if (!record.events.empty()) {
    const contract::MerkleTree tree(record.events);
    record.events_root = tree.root();
    AddProofs(tree, batch);
    batch.head.batch = record.batch;
    batch.head.hash = HashOf(record);
    batch.writes.push_back(BatchWrite{.key = JournalKey(record.batch), .value = EncodeBatchRecord(record)});
  }
  batch.writes.push_back(BatchWrite{.key = HeadKey(), .value = EncodeBatchHead(batch.head)});
}

}  // namespace

std::vector<Outcome> SameOutcome(const PendingCommit& commit, Outcome::Kind kind) {
  return std::vector<Outcome>(commit.transitions.size(), Outcome{.kind = kind, .inclusion = {}, .position = {}});
}

size_t SizeOf(const std::vector<Transition>& transitions) {
  size_t bytes = 0;
  for (const Transition& transition : transitions) {
    for (const Condition& condition : transition.conditions) {
      bytes += condition.key.size() + (condition.value ? condition.value->size() : 0);
    }
    for (const Mutation& mutation : transition.mutations) bytes += mutation.key.size() + mutation.value.size();
    for (const std::string& event : transition.events) bytes += event.size();
  }
  return bytes;
}

absl::StatusOr<Batch> BuildBatch(const ReadFunction& read, const BatchHead& previous, absl::string_view broker,
                                 std::vector<PendingCommit>& commits) {
  size_t mutations = 0;
  for (const PendingCommit& commit : commits) {
    for (const Transition& transition : commit.transitions) {
      mutations += transition.mutations.size();
      if (IsWellFormed(transition, previous.batch)) mutations += CountOf(transition.pruned);
    }
  }
  Overlay overlay(read, mutations);
  BatchRecord record{.store_incarnation = previous.store_incarnation,
                     .broker = std::string(broker),
                     .batch = previous.batch + 1,
                     .time = previous.time,
                     .previous_hash = previous.hash,
                     .events_root = {},
                     .events = {}};
  Batch batch;
  batch.head = previous;
  batch.outcomes.reserve(commits.size());
  bool changed = false;
  for (PendingCommit& commit : commits) {
    std::vector<Outcome> outcomes(commit.transitions.size());
    for (size_t index = 0; index < outcomes.size(); ++index) {
      Transition& transition = commit.transitions[index];
      Outcome& outcome = outcomes[index];
      if (!IsWellFormed(transition, previous.batch)) continue;
      const absl::StatusOr<bool> hold = AllHold(overlay, transition.conditions);
      if (!hold.ok()) return hold.status();
      if (!*hold) {
        outcome.kind = Outcome::Kind::kConditionFailed;
        continue;
      }
      outcome.kind = Outcome::Kind::kCommitted;
      if (!transition.events.empty()) {
        outcome.position = contract::JournalPosition{.store_incarnation = record.store_incarnation,
                                                     .broker = record.broker,
                                                     .batch = record.batch,
                                                     .event_index = static_cast<uint32_t>(record.events.size())};
      }
      Apply(transition, outcome.position, overlay);
      for (std::string& event : transition.events) record.events.push_back(std::move(event));
      changed =
          changed || !transition.mutations.empty() || outcome.position.has_value() || CountOf(transition.pruned) > 0;
      record.time = std::max(record.time, WholeMicroseconds(commit.now));
    }
    batch.synced = batch.synced || commit.durability == Durability::kSynced;
    batch.outcomes.push_back(std::move(outcomes));
  }
  if (!changed) return batch;
  batch.writes = overlay.TakeWrites();
  Seal(std::move(record), batch);
  return batch;
}

}  // namespace envej::store
