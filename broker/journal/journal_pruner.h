#ifndef ENVEJ_BROKER_JOURNAL_JOURNAL_PRUNER_H_
#define ENVEJ_BROKER_JOURNAL_JOURNAL_PRUNER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint.h"
#include "broker/store/ordered_store.h"
#include "broker/store/scanning.h"

namespace envej::journal {

// Removes the oldest records of a journal: those of a whole checkpoint that was made longer than `keep` ago, and, where
// there is a mirror, is in it. Never the newest checkpoint, and never one of the newest store::kJournalKept batches, by
// which a store is recognised at its start: a broker with little traffic keeps more than it is told. The newest of the
// checkpoints whose records are gone stays, as the signed word for all that was before; those before it go.
//
// Thread safety: none. Its calls wait for the store: not for a thread of the store's.
class JournalPruner {
 public:
  struct Options {
    absl::Duration keep;
    // The last batch up to which the mirror has all; empty: there is no mirror. Any thread, must not block.
    std::function<uint64_t()> mirrored_up_to;
  };

  // The store must outlive it.
  JournalPruner(store::OrderedStore& store, Options options);

  // Removes one checkpoint's records, contract::kCheckpointBatches at most, in one commit: at any moment a journal
  // begins where a checkpoint says. Tells how many; 0 if there is nothing to be removed. `now` is to be one by which
  // nothing is older than it is (CautiousTime).
  //
  // Errors: UNAVAILABLE if the store does not take it; DATA_LOSS if the checkpoint cannot be read; else the store's.
  absl::StatusOr<uint64_t> RemoveOldest(absl::Time now);

 private:
  bool MayGo(const contract::Checkpoint& checkpoint, absl::Time now) const;
  absl::StatusOr<store::Transition> MakeStep(uint64_t first_batch, const store::KeyValue& checkpoint_entry,
                                             uint64_t last_batch);

  store::OrderedStore& store_;
  const Options options_;
  uint64_t oldest_ = 0;  // no record stands before it
};

// The first batch whose record a journal has, from `from` on; nothing if it has none.
absl::StatusOr<std::optional<uint64_t>> OldestBatch(const store::ScanFunction& scan, uint64_t from = 0);
absl::StatusOr<std::optional<uint64_t>> OldestBatch(store::OrderedStore& store, uint64_t from = 0);

// Whether the record of `batch`, which is not there, was removed as one of the oldest: there is none before it either,
// and there are some after it.
absl::StatusOr<bool> WasPruned(store::OrderedStore& store, uint64_t batch);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_JOURNAL_PRUNER_H_
