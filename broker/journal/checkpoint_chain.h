#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_CHAIN_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_CHAIN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "broker/journal/checkpoint.h"
#include "broker/journal/finding.h"
#include "broker/journal/journal_source.h"

namespace envej::journal {

// The checkpoints of a source, verified as they are passed, and the hashes of records that they vouch for.
class CheckpointChain {
 public:
  // All three must outlive the chain.
  CheckpointChain(JournalSource& source, const CheckSignatureFunction& check, Findings& findings)
      : source_(source), check_(check), findings_(findings) {}

  // That the source's journal begins after `batch`, as one does whose oldest batches were removed: checkpoints of those
  // may be left out, the oldest first. To be called before all else.
  void BeginAfter(uint64_t batch) { begins_after_ = batch; }

  // The hash that a checkpoint with a good signature gives the record of `batch`; nothing if none does. Batches are
  // asked for in order. The view ends with the next call.
  std::optional<absl::string_view> HashOf(uint64_t batch);

  // Whether `batch`, asked for last, is the last one of a checkpoint with a good signature.
  bool EndsAt(uint64_t batch) const {
    return current_ && current_is_good_ && current_->checkpoint().last_batch == batch;
  }

  // Passes what is left.
  void Finish();

  // The last batch that any checkpoint passed so far vouches for.
  uint64_t end() const { return end_; }
  uint64_t count() const { return count_; }
  // The incarnation of the newest that could be read; empty before.
  const std::string& store_incarnation() const { return store_incarnation_; }
  // Why the source could not be read to its end; OK if it could.
  const absl::Status& status() const { return status_; }

 private:
  // False at the end.
  bool Next();
  // Whether it stands in its place in the chain and is signed.
  bool Judge(const StoredCheckpoint& stored);
  void Say(uint64_t first, uint64_t last, absl::string_view what);

  JournalSource& source_;
  const CheckSignatureFunction& check_;
  Findings& findings_;
  std::optional<StoredCheckpoint> current_;
  bool current_is_good_ = false;
  bool at_end_ = false;
  uint64_t begins_after_ = 0;
  uint64_t passed_ = 0;                       // last batch of the newest that was met
  std::optional<std::string> previous_hash_;  // of the newest, if it could be read
  absl::Time previous_time_ = absl::InfinitePast();
  uint64_t end_ = 0;
  uint64_t count_ = 0;
  std::string store_incarnation_;
  absl::Status status_;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_CHAIN_H_
