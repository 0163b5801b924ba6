#ifndef ENVEJ_TESTS_SIMULATION_JOURNAL_COPIES_H_
#define ENVEJ_TESTS_SIMULATION_JOURNAL_COPIES_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/journal/checkpoint.h"
#include "broker/journal/journal_source.h"
#include "broker/store/ordered_store.h"
#include "tests/simulation/offline_copy.h"

namespace envej::simulation {

// A mirror of the journal in memory: of each incarnation the checkpoints and the records that they cover, as far as it
// was told to copy them. It outlives every store.
class JournalCopies {
 public:
  // Copies what it lacks. What it has must be the same in the store.
  absl::Status Take(store::OrderedStore& store) {
    const absl::StatusOr<store::ScanResult> found = store.Scan({.from = store::CheckpointPrefix(),
                                                                .to = store::EndOfPrefix(store::CheckpointPrefix()),
                                                                .entries = 100'000,
                                                                .bytes = size_t{1} << 30});
    if (!found.ok()) return found.status();
    for (const store::KeyValue& entry : found->entries) {
      const absl::StatusOr<journal::StoredCheckpoint> stored = journal::DecodeCheckpointEntry(entry);
      if (!stored.ok()) return stored.status();
      end_ = stored->checkpoint().last_batch;
      const contract::Checkpoint& checkpoint = stored->checkpoint();
      std::map<std::string, std::string>& folder = folders_[checkpoint.store_incarnation];
      const auto [copied, is_new] = folder.try_emplace(entry.key, entry.value);
      if (!is_new && copied->second != entry.value) return absl::DataLossError("another checkpoint has its place");
      for (uint64_t batch = checkpoint.first_batch; is_new && batch <= checkpoint.last_batch; ++batch) {
        const absl::StatusOr<std::optional<std::string>> record = store.Get(store::JournalKey(batch));
        if (!record.ok()) return record.status();
        if (!record->has_value()) return absl::DataLossError("the journal lacks what a checkpoint covers");
        folder.emplace(store::JournalKey(batch), **record);
      }
    }
    return absl::OkStatus();
  }

  // The last batch of the newest store up to which it has all.
  uint64_t end() const { return end_; }

  bool Has(const std::string& incarnation) const { return folders_.contains(incarnation); }

  absl::StatusOr<std::unique_ptr<journal::JournalSource>> Open(const std::string& incarnation) const {
    return journal::SourceOf(
        [copy = OfflineCopy(folders_.at(incarnation))](const store::ScanRange& range) { return copy.Scan(range); });
  }

 private:
  uint64_t end_ = 0;
  std::map<std::string, std::map<std::string, std::string>> folders_;  // by incarnation
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_JOURNAL_COPIES_H_
