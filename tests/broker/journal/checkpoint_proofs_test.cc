#include "broker/journal/checkpoint_proofs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "broker/journal/checkpoint.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

class CheckpointProofsTest : public testing::Test {
 protected:
  void AddCheckpoint(int batches) {
    CommitBatches(store_, last_ + 1, batches);
    last_ += batches;
    ASSERT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  }

  contract::BatchHeader HeaderOf(uint64_t batch) { return store::HeaderOf(**store::ReadBatchRecord(store_, batch)); }

  const SigningBroker broker_;
  store::MemoryStore store_;
  CheckpointProofs proofs_{store_};
  int last_ = 0;
};

TEST_F(CheckpointProofsTest, WhatIsProvenFromAKeptCheckpointIsWhatTheStoredOneProves) {
  for (const int batches : {1, 7, 64, 100}) AddCheckpoint(batches);
  for (int round = 0; round < 2; ++round) {
    for (uint64_t batch = 1; batch <= 172; ++batch) {
      const contract::BatchHeader header = HeaderOf(batch);
      const store::KeyValue entry = **FindCheckpoint(store_, batch);
      const StoredCheckpoint stored = *DecodeCheckpointEntry(entry);
      const size_t place = static_cast<size_t>(batch - stored.checkpoint().first_batch);
      const absl::StatusOr<std::optional<contract::CheckpointProof>> proof = proofs_.Read(header);
      ASSERT_TRUE(proof.ok() && proof->has_value()) << batch << proof.status();
      EXPECT_EQ((*proof)->header, header);
      EXPECT_EQ((*proof)->inclusion, contract::MerkleTree(stored.batch_hashes).Prove(place)) << batch;
      EXPECT_EQ((*proof)->checkpoint, stored.signed_checkpoint);
    }
  }
  EXPECT_EQ(proofs_.decoded(), 4u) << "each once";
}

TEST_F(CheckpointProofsTest, KeepsThoseAskedForLast) {
  for (uint64_t count = 0; count < CheckpointProofs::kKept + 2; ++count) AddCheckpoint(1);
  for (uint64_t batch = 1; batch <= CheckpointProofs::kKept; ++batch) EXPECT_TRUE(proofs_.Read(HeaderOf(batch)).ok());
  EXPECT_TRUE(proofs_.Read(HeaderOf(1)).ok());
  EXPECT_TRUE(proofs_.Read(HeaderOf(CheckpointProofs::kKept + 1)).ok());
  EXPECT_EQ(proofs_.kept(), CheckpointProofs::kKept);
  EXPECT_EQ(proofs_.decoded(), CheckpointProofs::kKept + 1);
  EXPECT_TRUE(proofs_.Read(HeaderOf(1)).ok());
  EXPECT_EQ(proofs_.decoded(), CheckpointProofs::kKept + 1) << "it was asked for lately";
  EXPECT_TRUE(proofs_.Read(HeaderOf(2)).ok());
  EXPECT_EQ(proofs_.decoded(), CheckpointProofs::kKept + 2);
}

TEST_F(CheckpointProofsTest, ACheckpointThatWasDamagedSinceProvesNothing) {
  AddCheckpoint(5);
  EXPECT_TRUE(proofs_.Read(HeaderOf(3)).ok());
  const std::string whole = **store_.Get(store::CheckpointKey(5));
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  store_.Damage(store::CheckpointKey(5), damaged);
  EXPECT_TRUE(absl::IsDataLoss(proofs_.Read(HeaderOf(3)).status()));
  store_.Damage(store::CheckpointKey(5), std::nullopt);
  EXPECT_EQ(*proofs_.Read(HeaderOf(3)), std::nullopt);
  store_.Damage(store::CheckpointKey(5), whole);
  EXPECT_TRUE(proofs_.Read(HeaderOf(3))->has_value());
}

TEST_F(CheckpointProofsTest, AnotherRecordOfABatchIsNotProven) {
  AddCheckpoint(5);
  contract::BatchHeader header = HeaderOf(3);
  EXPECT_TRUE(proofs_.Read(header).ok());
  header.time += absl::Seconds(1);
  EXPECT_TRUE(absl::IsDataLoss(proofs_.Read(header).status()));
}

TEST_F(CheckpointProofsTest, ManyThreadsGetTheSameProofs) {
  for (int count = 0; count < 6; ++count) AddCheckpoint(10);
  std::vector<contract::BatchHeader> headers;
  std::vector<contract::InclusionProof> expected;
  for (uint64_t batch = 1; batch <= 60; ++batch) {
    headers.push_back(HeaderOf(batch));
    expected.push_back((*CheckpointProofs(store_).Read(headers.back()))->inclusion);
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t call = 0; call < 600; ++call) {
        const size_t place = (call * 7 + thread * 13) % headers.size();
        const absl::StatusOr<std::optional<contract::CheckpointProof>> proof = proofs_.Read(headers[place]);
        if (!proof.ok() || !proof->has_value() || (*proof)->inclusion != expected[place]) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(proofs_.kept(), CheckpointProofs::kKept);
}

}  // namespace
}  // namespace envej::journal
