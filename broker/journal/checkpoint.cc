#include "broker/journal/checkpoint.h"

#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

constexpr uint8_t kVersion = 1;

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

absl::StatusOr<std::optional<store::KeyValue>> FindCheckpoint(store::OrderedStore& store, uint64_t batch) {
  absl::StatusOr<store::ScanResult> found = store.Scan(
      {.from = store::CheckpointKey(batch), .to = store::EndOfPrefix(store::CheckpointPrefix()), .entries = 1});
  if (!found.ok()) return found.status();
  if (found->entries.empty()) return std::optional<store::KeyValue>();
  return std::optional<store::KeyValue>(std::move(found->entries.front()));
}

absl::StatusOr<StoredCheckpoint> DecodeCheckpointEntry(const store::KeyValue& entry) {
  const absl::StatusOr<uint64_t> last_batch = store::ParseBatchKey(entry.key);
  if (!last_batch.ok()) return last_batch.status();
  absl::StatusOr<StoredCheckpoint> stored = DecodeStoredCheckpoint(entry.value);
  if (stored.ok() && stored->checkpoint().last_batch != *last_batch) {
    return absl::DataLossError("a checkpoint stands under another's key");
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
    absl::StatusOr<std::optional<store::KeyValue>> entry = FindCheckpoint(store, middle);
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
  absl::StatusOr<StoredCheckpoint> stored = DecodeCheckpointEntry(*newest);
  if (!stored.ok()) return stored.status();
  return std::optional<StoredCheckpoint>(*std::move(stored));
}

}  // namespace envej::journal
