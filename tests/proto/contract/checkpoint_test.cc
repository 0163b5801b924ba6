#include "proto/contract/checkpoint.h"

#include <gtest/gtest.h>

#include <functional>

#include "proto/contract/message_codec.h"

namespace envej::contract {
namespace {

constexpr uint64_t kFirstBatch = 5;

Receipt AReceipt() {
  Receipt receipt;
  receipt.region_code = "1084";
  receipt.municipality_code = "0101";
  receipt.notice_id = "00000000-0000-4000-8000-000000000001";
  receipt.revision = 1;
  receipt.accepted_at = absl::FromUnixSeconds(1'800'000'000);
  receipt.commitment = {.key_id = "key", .value = std::string(32, 'c')};
  receipt.position = {
      .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = kFirstBatch + 2, .event_index = 1};
  const std::vector<std::string> events = {"one", AcceptedEvent(receipt), "three"};
  receipt.inclusion = MerkleTree(events).Prove(1);
  return receipt;
}

CheckpointProof ProofOf(const Receipt& receipt) {
  CheckpointProof proof;
  proof.header = {.store_incarnation = receipt.position.store_incarnation,
                  .broker = receipt.position.broker,
                  .batch = receipt.position.batch,
                  .time = receipt.accepted_at,
                  .previous_hash = std::string(32, 'p'),
                  .events_root = receipt.inclusion.root,
                  .event_count = receipt.inclusion.event_count};
  std::vector<std::string> hashes(6, std::string(32, 'h'));
  hashes[2] = HashOf(proof.header);
  const MerkleTree tree(hashes);
  proof.inclusion = tree.Prove(2);
  proof.checkpoint = {.checkpoint = {.store_incarnation = receipt.position.store_incarnation,
                                     .broker = receipt.position.broker,
                                     .first_batch = kFirstBatch,
                                     .last_batch = kFirstBatch + 5,
                                     .last_hash = hashes.back(),
                                     .batches_root = tree.root(),
                                     .previous_hash = std::string(32, 'q'),
                                     .time = receipt.accepted_at + absl::Minutes(1)},
                      .signature = "signature",
                      .signer_certificate = "certificate"};
  return proof;
}

TEST(CheckpointTest, CanonicalFormReadsBackAndNothingElseDoes) {
  const Checkpoint checkpoint = ProofOf(AReceipt()).checkpoint.checkpoint;
  const std::string bytes = EncodeCheckpoint(checkpoint);
  const absl::StatusOr<Checkpoint> read = DecodeCheckpoint(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, checkpoint);
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(DecodeCheckpoint(bytes.substr(0, size)).ok());
  EXPECT_FALSE(DecodeCheckpoint(bytes + '\0').ok());
  std::string newer = bytes;
  newer[4 + 24] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeCheckpoint(newer).status()));
}

TEST(CheckpointTest, RangesThatNoCheckpointCoversAreRefused) {
  Checkpoint checkpoint = ProofOf(AReceipt()).checkpoint.checkpoint;
  const auto reads = [&](uint64_t first, uint64_t last) {
    checkpoint.first_batch = first;
    checkpoint.last_batch = last;
    return DecodeCheckpoint(EncodeCheckpoint(checkpoint)).ok();
  };
  EXPECT_TRUE(reads(1, kCheckpointBatches));
  EXPECT_FALSE(reads(1, kCheckpointBatches + 1));
  EXPECT_FALSE(reads(0, 1));
  EXPECT_FALSE(reads(3, 2));
}

TEST(CheckpointTest, AProofCoversItsReceiptOnly) {
  const Receipt receipt = AReceipt();
  const CheckpointProof proof = ProofOf(receipt);
  EXPECT_TRUE(CheckCovered(receipt, proof).ok());
  Receipt other = receipt;
  other.notice_id.back() = '2';
  EXPECT_FALSE(CheckCovered(other, proof).ok());
  const std::vector<std::function<void(CheckpointProof&)>> changes = {
      [](CheckpointProof& changed) { changed.header.batch += 1; },
      [](CheckpointProof& changed) { changed.header.broker = "broker-2"; },
      [](CheckpointProof& changed) { changed.header.time += absl::Microseconds(1); },
      [](CheckpointProof& changed) { changed.header.events_root[0] ^= 1; },
      [](CheckpointProof& changed) { changed.header.event_count += 1; },
      [](CheckpointProof& changed) { changed.header.previous_hash[31] ^= 1; },
      [](CheckpointProof& changed) { changed.header.store_incarnation[0] ^= 1; },
      [](CheckpointProof& changed) { changed.inclusion.path[0][0] ^= 1; },
      [](CheckpointProof& changed) { changed.inclusion.path.pop_back(); },
      [](CheckpointProof& changed) { changed.inclusion.root[0] ^= 1; },
      [](CheckpointProof& changed) { changed.checkpoint.checkpoint.batches_root[0] ^= 1; },
      [](CheckpointProof& changed) { changed.checkpoint.checkpoint.first_batch -= 1; },
      [](CheckpointProof& changed) { changed.checkpoint.checkpoint.last_batch += 1; },
      [](CheckpointProof& changed) { changed.checkpoint.checkpoint.first_batch = kFirstBatch + 3; },
      [](CheckpointProof& changed) { changed.checkpoint.checkpoint.store_incarnation[0] ^= 1; },
  };
  for (size_t index = 0; index < changes.size(); ++index) {
    CheckpointProof changed = proof;
    changes[index](changed);
    EXPECT_TRUE(absl::IsDataLoss(CheckCovered(receipt, changed))) << index;
  }
}

TEST(CheckpointTest, AProofTravelsAsAMessage) {
  const CheckpointProof proof = ProofOf(AReceipt());
  const absl::StatusOr<CheckpointProof> read = FromMessage(ToMessage(proof));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, proof);
  v1::CheckpointProof cut = ToMessage(proof);
  cut.mutable_batch_header()->pop_back();
  EXPECT_FALSE(FromMessage(cut).ok());
  EXPECT_FALSE(FromMessage(v1::CheckpointProof()).ok());
}

}  // namespace
}  // namespace envej::contract
