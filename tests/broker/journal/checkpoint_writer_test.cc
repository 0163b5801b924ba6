#include "broker/journal/checkpoint_writer.h"

#include <gtest/gtest.h>

#include "broker/journal/checkpoint.h"
#include "broker/journal/checkpoint_proofs.h"
#include "broker/journal/receipts.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

class CheckpointWriterTest : public testing::Test {
 protected:
  StoredCheckpoint At(uint64_t last_batch) {
    const std::optional<std::string> value = *store_.Get(store::CheckpointKey(last_batch));
    return *DecodeStoredCheckpoint(value.value_or(""));
  }

  const SigningBroker broker_;
  store::MemoryStore store_;
};

TEST_F(CheckpointWriterTest, CoversWhatIsNewAndNothingTwice) {
  const std::unique_ptr<CheckpointWriter> writer = broker_.Writer(store_);
  EXPECT_FALSE(*writer->WriteNext(broker_.now()));
  CommitBatches(store_, 1, 7);
  EXPECT_TRUE(*writer->WriteNext(broker_.now()));
  EXPECT_FALSE(*writer->WriteNext(broker_.now()));
  CommitBatches(store_, 8, 1);
  EXPECT_TRUE(*writer->WriteNext(broker_.now()));

  const StoredCheckpoint first = At(7);
  const StoredCheckpoint second = At(8);
  EXPECT_EQ(first.checkpoint().first_batch, 1u);
  EXPECT_EQ(first.checkpoint().previous_hash, NoHash());
  EXPECT_EQ(first.checkpoint().broker, "broker-1");
  EXPECT_EQ(first.batch_hashes.size(), 7u);
  EXPECT_EQ(second.checkpoint().first_batch, 8u);
  EXPECT_EQ(second.checkpoint().previous_hash, contract::HashOf(first.checkpoint()));
  for (const StoredCheckpoint& checkpoint : {first, second}) {
    EXPECT_TRUE(broker_.Check()(checkpoint.signed_checkpoint).ok());
  }
}

TEST_F(CheckpointWriterTest, GoesOnAfterARestartWhereItEnded) {
  for (int round = 0; round < 9; ++round) {
    CommitBatches(store_, round * 3, 1 + round % 3);
    EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
    EXPECT_FALSE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  }
}

TEST_F(CheckpointWriterTest, CoversABoundedNumberOfBatches) {
  CommitBatches(store_, 1, static_cast<int>(contract::kCheckpointBatches) + 1);
  const std::unique_ptr<CheckpointWriter> writer = broker_.Writer(store_);
  EXPECT_TRUE(*writer->WriteNext(broker_.now()));
  EXPECT_TRUE(*writer->WriteNext(broker_.now()));
  EXPECT_FALSE(*writer->WriteNext(broker_.now()));
  EXPECT_EQ(At(contract::kCheckpointBatches + 1).checkpoint().first_batch, contract::kCheckpointBatches + 1);
}

TEST_F(CheckpointWriterTest, ItsTimeNeverGoesBack) {
  CommitBatches(store_, 1, 1);
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  CommitBatches(store_, 2, 1);
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now() - absl::Hours(1)));
  EXPECT_EQ(At(2).checkpoint().time, broker_.now());
}

TEST_F(CheckpointWriterTest, SignsNothingThatDoesNotLeadOn) {
  CommitBatches(store_, 1, 5);
  const std::string third = **store_.Get(store::JournalKey(3));
  store::BatchRecord changed = *store::DecodeBatchRecord(third);
  changed.time += absl::Seconds(1);
  const std::vector<std::optional<std::string>> damages = {std::nullopt, "x", store::EncodeBatchRecord(changed)};
  for (const std::optional<std::string>& damage : damages) {
    store_.Damage(store::JournalKey(3), damage);
    const std::unique_ptr<CheckpointWriter> writer = broker_.Writer(store_);
    EXPECT_TRUE(absl::IsDataLoss(writer->WriteNext(broker_.now()).status()));
    store_.Damage(store::JournalKey(3), third);
    EXPECT_FALSE(store_.Get(store::CheckpointKey(5))->has_value());
  }
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
}

TEST_F(CheckpointWriterTest, TakesNoBatchAndMakesNoJournalRecord) {
  CommitBatches(store_, 1, 2);
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  EXPECT_FALSE(store_.Get(store::JournalKey(3))->has_value());
}

TEST_F(CheckpointWriterTest, AStoreThatFailedTakesNoCheckpoint) {
  CommitBatches(store_, 1, 2);
  const std::unique_ptr<CheckpointWriter> writer = broker_.Writer(store_);
  store_.FailNextBatch(/*applied=*/false);
  EXPECT_TRUE(absl::IsUnavailable(writer->WriteNext(broker_.now()).status()));
}

TEST_F(CheckpointWriterTest, ACoveredReceiptIsProvenAndAnUncoveredOneNot) {
  CommitBatches(store_, 1, 6);
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  CommitBatches(store_, 7, 1);
  for (uint64_t batch = 1; batch <= 7; ++batch) {
    const store::BatchRecord record = **store::ReadBatchRecord(store_, batch);
    const absl::StatusOr<std::optional<contract::CheckpointProof>> proof =
        CheckpointProofs(store_).Read(store::HeaderOf(record));
    ASSERT_TRUE(proof.ok()) << proof.status();
    ASSERT_EQ(proof->has_value(), batch <= 6);
    if (batch > 6) continue;
    const absl::StatusOr<Event> event = DecodeEvent(record.events[0]);
    const absl::StatusOr<contract::Receipt> receipt = ReceiptReader(store_).Read(
        event->item,
        {.store_incarnation = record.store_incarnation, .broker = record.broker, .batch = batch, .event_index = 0});
    ASSERT_TRUE(receipt.ok());
    EXPECT_TRUE(contract::CheckCovered(*receipt, **proof).ok());
    EXPECT_TRUE(broker_.Check()((*proof)->checkpoint).ok());
  }
}

TEST_F(CheckpointWriterTest, StoredFormIsReadOnlyWhole) {
  CommitBatches(store_, 1, 3);
  EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  StoredCheckpoint stored = At(3);
  stored.batch_hashes[1][0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(DecodeStoredCheckpoint(EncodeStoredCheckpoint(stored)).status()));
  stored = At(3);
  stored.batch_hashes.push_back(stored.batch_hashes[0]);
  EXPECT_TRUE(absl::IsDataLoss(DecodeStoredCheckpoint(EncodeStoredCheckpoint(stored)).status()));
}

}  // namespace
}  // namespace envej::journal
