#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_PROOFS_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_PROOFS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/batch_header.h"
#include "proto/contract/checkpoint.h"
#include "proto/contract/merkle_tree.h"

namespace envej::journal {

// Proves of batches that they stand under a checkpoint. The checkpoints asked for last are kept with their trees, about
// 1 MiB each at the most: under one of them, a proof costs a read of the stored checkpoint and a few hashes. What is
// kept counts only where the store still holds the same bytes.
//
// Thread-safe: it looks things up under a lock, and reads and hashes outside it.
class CheckpointProofs {
 public:
  static constexpr size_t kKept = 4;

  // The store must outlive it.
  explicit CheckpointProofs(store::OrderedStore& store) : store_(store) {}

  // The proof for a batch; nothing if no checkpoint covers it yet. `header` is that of the batch's record. DATA_LOSS if
  // the checkpoint cannot be read or is of another record; else an error of the store's.
  absl::StatusOr<std::optional<contract::CheckpointProof>> Read(const contract::BatchHeader& header);

  // How many times a checkpoint had to be decoded, and how many are kept.
  uint64_t decoded() const;
  size_t kept() const;

 private:
  struct DecodedCheckpoint {
    std::string value;  // as it is stored
    contract::SignedCheckpoint signed_checkpoint;
    contract::MerkleTree tree;  // over the batches' hashes
  };

  // Decodes the entry, unless it is kept.
  absl::StatusOr<std::shared_ptr<const DecodedCheckpoint>> Decode(store::KeyValue entry);
  std::shared_ptr<const DecodedCheckpoint> Find(uint64_t last_batch);
  void Keep(std::shared_ptr<const DecodedCheckpoint> decoded);

  store::OrderedStore& store_;
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<const DecodedCheckpoint>> kept_
      ENVEJ_GUARDED_BY(mutex_);  // the one asked for last is the last
  uint64_t decoded_ ENVEJ_GUARDED_BY(mutex_) = 0;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_PROOFS_H_
