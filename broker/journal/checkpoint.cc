#include "broker/journal/checkpoint.h"

#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

constexpr uint8_t kVersion = 1;

// The first checkpoint whose last batch is `batch` or later, as it is stored.
absl::StatusOr<std::optional<store::KeyValue>> FirstFrom(store::OrderedStore& store, uint64_t batch) {
  absl::StatusOr<store::ScanResult> found = store.Scan(
      {.from = store::CheckpointKey(batch), .to = store::EndOfPrefix(store::CheckpointPrefix()), .entries = 1});
  if (!found.ok()) return found.status();
  if (found->entries.empty()) return std::optional<store::KeyValue>();
  return std::optional<store::KeyValue>(std::move(found->entries.front()));
}

absl::StatusOr<StoredCheckpoint> DecodeUnder(const store::KeyValue& entry) {
  const absl::StatusOr<uint64_t> last_batch = store::ParseBatchKey(entry.key);
  if (!last_batch.ok()) return last_batch.status();
  absl::StatusOr<StoredCheckpoint> stored = DecodeStoredCheckpoint(entry.value);
  if (stored.ok() && stored->checkpoint().last_batch != *last_batch) {
    return absl::DataLossError("a checkpoint stands under another's key");
  }
  return stored;
}

}  // namespace

std::string NoHash() { return std::string(contract::kHashBytes, '\0'); }

std::string EncodeStoredCheckpoint(const StoredCheckpoint& stored) {
  contract::ByteWriter payload;
  payload.Bytes(contract::EncodeCheckpoint(stored.checkpoint()));
  payload.Bytes(stored.signed_checkpoint.signature);
  payload.Bytes(stored.signed_checkpoint.signer_certificate);
  for (const std::string& hash : stored.batch_hashes) payload.Raw(hash);
  return store::Frame(kVersion, payload.bytes());
}

absl::StatusOr<StoredCheckpoint> DecodeStoredCheckpoint(absl::string_view value) {
  const absl::StatusOr<store::Framed> framed = store::Unframe(value, kVersion);
  if (!framed.ok()) return framed.status();
  contract::ByteReader reader(framed->payload);
  absl::StatusOr<contract::Checkpoint> checkpoint = contract::DecodeCheckpoint(reader.Bytes());
  if (!checkpoint.ok()) return checkpoint.status();
  StoredCheckpoint stored;
  stored.signed_checkpoint = {
      .checkpoint = *std::move(checkpoint), .signature = reader.Bytes(), .signer_certificate = reader.Bytes()};
  for (uint64_t batch = stored.checkpoint().first_batch; batch <= stored.checkpoint().last_batch; ++batch) {
    stored.batch_hashes.push_back(reader.Raw(contract::kHashBytes));
  }
  if (framed->version != kVersion || !reader.AtEnd()) return absl::DataLossError("a stored checkpoint is malformed");
  if (stored.batch_hashes.back() != stored.checkpoint().last_hash ||
      contract::MerkleTree(stored.batch_hashes).root() != stored.checkpoint().batches_root) {
    return absl::DataLossError("a stored checkpoint's hashes do not have its root");
  }
  return stored;
}

absl::StatusOr<std::optional<StoredCheckpoint>> ReadNewestCheckpoint(store::OrderedStore& store,
                                                                     uint64_t newest_batch) {
  // Scans go forward only: halve the range in which the newest stands.
  std::optional<store::KeyValue> newest;
  uint64_t from = 0;
  uint64_t to = newest_batch + 1;
  while (from < to) {
    const uint64_t middle = from + (to - from) / 2;
    absl::StatusOr<std::optional<store::KeyValue>> entry = FirstFrom(store, middle);
    if (!entry.ok()) return entry.status();
    if (!entry->has_value()) {
      to = middle;
      continue;
    }
    const absl::StatusOr<uint64_t> last_batch = store::ParseBatchKey((*entry)->key);
    if (!last_batch.ok()) return last_batch.status();
    if (*last_batch > newest_batch) return absl::DataLossError("a checkpoint covers batches that the store lacks");
    newest = *std::move(entry);
    from = *last_batch + 1;
  }
  if (!newest) return std::optional<StoredCheckpoint>();
  absl::StatusOr<StoredCheckpoint> stored = DecodeUnder(*newest);
  if (!stored.ok()) return stored.status();
  return std::optional<StoredCheckpoint>(*std::move(stored));
}

absl::StatusOr<std::optional<contract::CheckpointProof>> ReadCheckpointProof(store::OrderedStore& store,
                                                                             const contract::BatchHeader& header) {
  const absl::StatusOr<std::optional<store::KeyValue>> entry = FirstFrom(store, header.batch);
  if (!entry.ok()) return entry.status();
  if (!entry->has_value()) return std::optional<contract::CheckpointProof>();
  absl::StatusOr<StoredCheckpoint> stored = DecodeUnder(**entry);
  if (!stored.ok()) return stored.status();
  const uint64_t first = stored->checkpoint().first_batch;
  if (header.batch < first) return absl::DataLossError("the checkpoint that covers a batch is missing");
  const size_t place = static_cast<size_t>(header.batch - first);
  if (stored->batch_hashes[place] != contract::HashOf(header)) {
    return absl::DataLossError("a checkpoint covers another record of a batch than the journal holds");
  }
  return std::optional<contract::CheckpointProof>(
      contract::CheckpointProof{.header = header,
                                .inclusion = contract::MerkleTree(stored->batch_hashes).Prove(place),
                                .checkpoint = std::move(stored->signed_checkpoint)});
}

}  // namespace envej::journal
