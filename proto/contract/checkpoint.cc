#include "proto/contract/checkpoint.h"

#include <utility>

#include "proto/contract/byte_codec.h"

namespace envej::contract {
namespace {

constexpr absl::string_view kCheckpointContext = "envej journal checkpoint";
constexpr uint8_t kVersion = 1;

bool LengthsHold(const Checkpoint& checkpoint) {
  return checkpoint.store_incarnation.size() == kIncarnationBytes && checkpoint.last_hash.size() == kHashBytes &&
         checkpoint.batches_root.size() == kHashBytes && checkpoint.previous_hash.size() == kHashBytes;
}

bool RangeHolds(const Checkpoint& checkpoint) {
  return checkpoint.first_batch > 0 && checkpoint.first_batch <= checkpoint.last_batch &&
         checkpoint.last_batch - checkpoint.first_batch < kCheckpointBatches;
}

}  // namespace

std::string EncodeCheckpoint(const Checkpoint& checkpoint) {
  ByteWriter writer;
  writer.Bytes(kCheckpointContext);
  writer.Uint8(kVersion);
  writer.Bytes(checkpoint.store_incarnation);
  writer.Bytes(checkpoint.broker);
  writer.Uint64(checkpoint.first_batch);
  writer.Uint64(checkpoint.last_batch);
  writer.Bytes(checkpoint.last_hash);
  writer.Bytes(checkpoint.batches_root);
  writer.Bytes(checkpoint.previous_hash);
  writer.Time(checkpoint.time);
  return std::move(writer).bytes();
}

absl::StatusOr<Checkpoint> DecodeCheckpoint(absl::string_view bytes) {
  const absl::Status malformed = absl::DataLossError("a checkpoint is malformed");
  ByteReader reader(bytes);
  if (reader.Bytes() != kCheckpointContext) return malformed;
  const uint8_t version = reader.Uint8();
  if (version > kVersion) return absl::FailedPreconditionError("a checkpoint has a form of a newer version");
  Checkpoint checkpoint;
  checkpoint.store_incarnation = reader.Bytes();
  checkpoint.broker = reader.Bytes();
  checkpoint.first_batch = reader.Uint64();
  checkpoint.last_batch = reader.Uint64();
  checkpoint.last_hash = reader.Bytes();
  checkpoint.batches_root = reader.Bytes();
  checkpoint.previous_hash = reader.Bytes();
  checkpoint.time = reader.Time();
  const bool is_whole = version == kVersion && reader.AtEnd();
  if (!is_whole || !LengthsHold(checkpoint) || !RangeHolds(checkpoint)) return malformed;
  return checkpoint;
}

std::string HashOf(const Checkpoint& checkpoint) { return Sha256(EncodeCheckpoint(checkpoint)); }

absl::Status CheckCovered(const Receipt& receipt, const CheckpointProof& proof) {
  if (absl::Status status = CheckReceipt(receipt); !status.ok()) return status;
  const BatchHeader& header = proof.header;
  const bool is_receipts = header.store_incarnation == receipt.position.store_incarnation &&
                           header.broker == receipt.position.broker && header.batch == receipt.position.batch;
  if (!is_receipts) return absl::DataLossError("the proof is of another batch than the receipt's");
  if (header.events_root != receipt.inclusion.root || header.event_count != receipt.inclusion.event_count) {
    return absl::DataLossError("the batch in the proof has other events than the receipt's");
  }
  const Checkpoint& checkpoint = proof.checkpoint.checkpoint;
  if (checkpoint.store_incarnation != header.store_incarnation || !RangeHolds(checkpoint) ||
      header.batch < checkpoint.first_batch || header.batch > checkpoint.last_batch) {
    return absl::DataLossError("the checkpoint does not cover the receipt's batch");
  }
  const bool is_of_tree = proof.inclusion.root == checkpoint.batches_root &&
                          proof.inclusion.event_count == checkpoint.last_batch - checkpoint.first_batch + 1;
  if (!is_of_tree || !Includes(proof.inclusion, header.batch - checkpoint.first_batch, HashOf(header))) {
    return absl::DataLossError("the proof's path does not lead from the batch to the checkpoint");
  }
  return absl::OkStatus();
}

}  // namespace envej::contract
