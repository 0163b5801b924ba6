#include "broker/journal/journal_pruner.h"

#include <utility>

#include "broker/journal/commit_and_wait.h"
#include "broker/store/key_layout.h"
#include "proto/contract/checkpoint.h"

namespace envej::journal {
namespace {

static_assert(store::kPruneBatches >= contract::kCheckpointBatches);

}  // namespace

JournalPruner::JournalPruner(store::OrderedStore& store, Options options)
    : store_(store), options_(std::move(options)) {}

absl::StatusOr<uint64_t> JournalPruner::RemoveOldest(absl::Time now) {
  const absl::StatusOr<std::optional<uint64_t>> oldest = OldestBatch(store_, oldest_);
  if (!oldest.ok()) return oldest.status();
  if (!oldest->has_value()) return 0;
  oldest_ = **oldest;
  const absl::StatusOr<std::optional<store::KeyValue>> entry = FindCheckpoint(store_, oldest_);
  if (!entry.ok()) return entry.status();
  if (!entry->has_value()) return 0;
  const absl::StatusOr<StoredCheckpoint> stored = DecodeCheckpointEntry(**entry);
  if (!stored.ok()) return stored.status();
  const uint64_t last = stored->checkpoint().last_batch;
  if (!MayGo(stored->checkpoint(), now)) return 0;
  absl::StatusOr<store::Transition> step = MakeStep(oldest_, **entry, last);
  if (!step.ok()) return step.status();
  if (CommitAndWait(store_, *std::move(step)).kind != store::Outcome::Kind::kCommitted) {
    return absl::UnavailableError("the store did not take the removal of old journal records");
  }
  const uint64_t removed = last + 1 - oldest_;
  oldest_ = last + 1;
  return removed;
}

bool JournalPruner::MayGo(const contract::Checkpoint& checkpoint, absl::Time now) const {
  const bool is_old = checkpoint.time < now - options_.keep;
  const bool is_elsewhere = !options_.mirrored_up_to || checkpoint.last_batch <= options_.mirrored_up_to();
  return is_old && is_elsewhere && checkpoint.last_batch + store::kJournalKept <= store_.LastDurableBatch();
}

absl::StatusOr<store::Transition> JournalPruner::MakeStep(uint64_t first_batch, const store::KeyValue& checkpoint_entry,
                                                          uint64_t last_batch) {
  store::Transition step;
  step.conditions.push_back({.key = checkpoint_entry.key, .value = checkpoint_entry.value});
  step.pruned = {.first_batch = first_batch, .last_batch = last_batch};
  const absl::StatusOr<store::ScanResult> earlier =
      store_.Scan({.from = store::CheckpointPrefix(), .to = checkpoint_entry.key});
  if (!earlier.ok()) return earlier.status();
  for (const store::KeyValue& each : earlier->entries) {
    step.mutations.push_back({.kind = store::Mutation::Kind::kDelete, .key = each.key, .value = {}});
  }
  return step;
}

absl::StatusOr<std::optional<uint64_t>> OldestBatch(store::OrderedStore& store, uint64_t from) {
  return OldestBatch(store::ScanOf(store), from);
}

absl::StatusOr<std::optional<uint64_t>> OldestBatch(const store::ScanFunction& scan, uint64_t from) {
  const absl::StatusOr<store::ScanResult> first =
      scan({.from = store::JournalKey(from), .to = store::EndOfPrefix(store::JournalPrefix()), .entries = 1});
  if (!first.ok()) return first.status();
  if (first->entries.empty()) return std::optional<uint64_t>();
  const absl::StatusOr<uint64_t> batch = store::ParseBatchKey(first->entries.front().key);
  if (!batch.ok()) return batch.status();
  return std::optional<uint64_t>(*batch);
}

absl::StatusOr<bool> WasPruned(store::OrderedStore& store, uint64_t batch) {
  const absl::StatusOr<std::optional<uint64_t>> oldest = OldestBatch(store);
  if (!oldest.ok()) return oldest.status();
  return oldest->has_value() && batch < **oldest;
}

}  // namespace envej::journal
