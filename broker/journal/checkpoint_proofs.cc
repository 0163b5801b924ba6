#include "broker/journal/checkpoint_proofs.h"

#include <algorithm>
#include <utility>

#include "broker/journal/checkpoint.h"
#include "broker/store/key_layout.h"

namespace envej::journal {

absl::StatusOr<std::optional<contract::CheckpointProof>> CheckpointProofs::Read(const contract::BatchHeader& header) {
  absl::StatusOr<std::optional<store::KeyValue>> entry = FindCheckpoint(store_, header.batch);
  if (!entry.ok()) return entry.status();
  if (!entry->has_value()) return std::optional<contract::CheckpointProof>();
  const absl::StatusOr<std::shared_ptr<const DecodedCheckpoint>> covering = Decode(**std::move(entry));
  if (!covering.ok()) return covering.status();
  const contract::SignedCheckpoint& signed_checkpoint = (*covering)->signed_checkpoint;
  const uint64_t first = signed_checkpoint.checkpoint.first_batch;
  if (header.batch < first) return absl::DataLossError("the checkpoint that covers a batch is missing");
  const uint64_t place = header.batch - first;
  contract::InclusionProof inclusion = (*covering)->tree.Prove(static_cast<size_t>(place));
  if (!contract::Includes(inclusion, place, contract::HashOf(header))) {
    return absl::DataLossError("a checkpoint covers another record of a batch than the journal holds");
  }
  return std::optional<contract::CheckpointProof>(
      contract::CheckpointProof{.header = header, .inclusion = std::move(inclusion), .checkpoint = signed_checkpoint});
}

absl::StatusOr<std::shared_ptr<const CheckpointProofs::DecodedCheckpoint>> CheckpointProofs::Decode(
    store::KeyValue entry) {
  const absl::StatusOr<uint64_t> last_batch = store::ParseBatchKey(entry.key);
  if (!last_batch.ok()) return last_batch.status();
  if (std::shared_ptr<const DecodedCheckpoint> kept = Find(*last_batch); kept != nullptr && kept->value == entry.value)
    return kept;
  absl::StatusOr<StoredCheckpoint> stored = DecodeCheckpointEntry(entry);
  if (!stored.ok()) return stored.status();
  auto decoded = std::make_shared<const DecodedCheckpoint>(
      DecodedCheckpoint{.value = std::move(entry.value),
                        .signed_checkpoint = std::move(stored->signed_checkpoint),
                        .tree = contract::MerkleTree(stored->batch_hashes)});
  Keep(decoded);
  return decoded;
}

std::shared_ptr<const CheckpointProofs::DecodedCheckpoint> CheckpointProofs::Find(uint64_t last_batch) {
  const MutexLock lock(mutex_);
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const std::shared_ptr<const DecodedCheckpoint>& each) {
        return each->signed_checkpoint.checkpoint.last_batch == last_batch;
      });
  if (found == kept_.end()) return nullptr;
  std::rotate(found, found + 1, kept_.end());
  return kept_.back();
}

void CheckpointProofs::Keep(std::shared_ptr<const DecodedCheckpoint> decoded) {
  const uint64_t last_batch = decoded->signed_checkpoint.checkpoint.last_batch;
  const MutexLock lock(mutex_);
  ++decoded_;
  std::erase_if(kept_, [&](const std::shared_ptr<const DecodedCheckpoint>& each) {
    return each->signed_checkpoint.checkpoint.last_batch == last_batch;
  });
  if (kept_.size() == kKept) kept_.erase(kept_.begin());
  kept_.push_back(std::move(decoded));
}

uint64_t CheckpointProofs::decoded() const {
  const MutexLock lock(mutex_);
  return decoded_;
}

size_t CheckpointProofs::kept() const {
  const MutexLock lock(mutex_);
  return kept_.size();
}

}  // namespace envej::journal
