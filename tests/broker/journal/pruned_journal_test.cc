// A journal whose oldest batches were removed holds as far as a signed checkpoint vouches for where it begins.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "broker/commands/verified_part.h"
#include "tests/broker/journal/damage_fixture.h"

namespace envej::journal {
namespace {

class PrunedJournalTest : public DamageTest {
 protected:
  Values WithoutRecordsUpTo(uint64_t last) const {
    Values values = values_;
    for (uint64_t batch = 1; batch <= last; ++batch) values.erase(store::JournalKey(batch));
    return values;
  }

  void ExpectPruned(const Verification& verification, uint64_t last, uint64_t end = kEnd) const {
    EXPECT_EQ(verification.findings.count(), 0u) << verification.findings.kept()[0].what;
    EXPECT_TRUE(verification.status.ok());
    EXPECT_EQ(verification.pruned_up_to, last);
    EXPECT_EQ(verification.batches, end - last);
    EXPECT_EQ(verification.last_batch, end);
  }

  // The oldest batches are missing, and nothing else is wrong.
  void ExpectMissing(const Verification& verification, uint64_t last) const {
    ASSERT_GE(verification.findings.count(), 1u);
    EXPECT_EQ(verification.findings.kept()[0].batch, 1u);
    EXPECT_EQ(verification.findings.kept()[0].last_batch, last);
    EXPECT_EQ(verification.pruned_up_to, 0u);
  }
};

TEST_F(PrunedJournalTest, BatchesUpToTheEndOfACheckpointMayBeGone) {
  for (const uint64_t last : {kFirstEnd, kSecondEnd, kThirdEnd}) {
    for (const bool with_mirror : {false, true}) ExpectPruned(VerifyStore(WithoutRecordsUpTo(last), with_mirror), last);
  }
}

TEST_F(PrunedJournalTest, EarlierCheckpointsMayBeGoneWithThem) {
  Values values = WithoutRecordsUpTo(kThirdEnd);
  values.erase(store::CheckpointKey(kFirstEnd));
  ExpectPruned(VerifyStore(values, false), kThirdEnd);
  values.erase(store::CheckpointKey(kSecondEnd));
  ExpectPruned(VerifyStore(values, false), kThirdEnd);
}

TEST_F(PrunedJournalTest, ACheckpointThatIsMissingBetweenOthersIsFound) {
  Values values = WithoutRecordsUpTo(kThirdEnd);
  values.erase(store::CheckpointKey(kSecondEnd));
  EXPECT_EQ(Located(VerifyStore(values, false)), Batches({kFirstEnd + 1}));
}

TEST_F(PrunedJournalTest, WithoutItsCheckpointOnlyTheMirrorCanVouch) {
  Values values = WithoutRecordsUpTo(kSecondEnd);
  values.erase(store::CheckpointKey(kFirstEnd));
  values.erase(store::CheckpointKey(kSecondEnd));
  ExpectMissing(VerifyStore(values, false), kSecondEnd);
  ExpectPruned(VerifyStore(values, true), kSecondEnd);
  values.erase(store::CheckpointKey(kThirdEnd));
  ExpectMissing(VerifyStore(values, false), kSecondEnd);
}

TEST_F(PrunedJournalTest, BatchesCutOffAnywhereElseAreFound) {
  for (uint64_t last = 1; last < kEnd; ++last) {
    if (last == kFirstEnd || last == kSecondEnd || last == kThirdEnd) continue;
    for (const bool with_mirror : {false, true}) {
      const Verification verification = VerifyStore(WithoutRecordsUpTo(last), with_mirror);
      ExpectMissing(verification, last);
      EXPECT_EQ(verification.findings.count(), 1u);
    }
  }
  ExpectMissing(VerifyStore(WithoutRecordsUpTo(kEnd), true), kEnd);
}

TEST_F(PrunedJournalTest, ACheckpointThatSomebodyElseSignedVouchesForNothing) {
  const SigningBroker other;
  for (const bool is_changed : {false, true}) {
    Values values = WithoutRecordsUpTo(kSecondEnd);
    StoredCheckpoint stored = *DecodeStoredCheckpoint(Checkpoint(values, kSecondEnd));
    if (is_changed) stored.signed_checkpoint.checkpoint.time += absl::Microseconds(1);
    if (!is_changed) {
      stored.signed_checkpoint.signature = *other.signer().Sign(contract::EncodeCheckpoint(stored.checkpoint()));
      stored.signed_checkpoint.signer_certificate = other.signer().certificate().der();
    }
    Checkpoint(values, kSecondEnd) = EncodeStoredCheckpoint(stored);
    const Verification verification = VerifyStore(values, false);
    EXPECT_EQ(verification.pruned_up_to, 0u);
    EXPECT_TRUE(Located(verification).contains(1)) << "the records are missing";
    EXPECT_TRUE(Located(verification).contains(kFirstEnd + 1)) << "the checkpoint is not the broker's";
  }
}

TEST_F(PrunedJournalTest, AHashThatIsNotTheCheckpointsIsFound) {
  Values values = WithoutRecordsUpTo(kSecondEnd);
  StoredCheckpoint stored = *DecodeStoredCheckpoint(Checkpoint(values, kSecondEnd));
  stored.batch_hashes.back()[0] = static_cast<char>(stored.batch_hashes.back()[0] ^ 1);
  Checkpoint(values, kSecondEnd) = EncodeStoredCheckpoint(stored);
  const Verification verification = VerifyStore(values, false);
  EXPECT_EQ(verification.pruned_up_to, 0u);
  EXPECT_TRUE(Located(verification).contains(1));
}

TEST_F(PrunedJournalTest, AFirstRecordThatFollowsAnotherThanTheOnePrunedIsFound) {
  for (const uint64_t last : {kFirstEnd, kSecondEnd, kThirdEnd}) {
    Values values = WithoutRecordsUpTo(last);
    store::BatchRecord record = *store::DecodeBatchRecord(Record(values, last + 1));
    record.previous_hash[0] = static_cast<char>(record.previous_hash[0] ^ 1);
    Record(values, last + 1) = store::EncodeBatchRecord(record);
    const Verification verification = VerifyStore(values, false);
    ASSERT_FALSE(Located(verification).empty());
    EXPECT_EQ(*Located(verification).begin(), last + 1);
  }
}

TEST_F(PrunedJournalTest, WhatIsLeftIsHeldAsBefore) {
  for (int seed = 0; seed < Changes(); ++seed) {
    Random random(static_cast<uint64_t>(seed));
    Values values = WithoutRecordsUpTo(kFirstEnd);
    const uint64_t batch = kFirstEnd + 1 + Below(random, kEnd - kFirstEnd);
    if (seed % 3 == 0) {
      FlipByte(Record(values, batch), Below(random, Record(values, batch).size()), random);
    } else if (seed % 3 == 1) {
      Record(values, batch) = Resealed(Record(values, batch), random);
    } else if (batch != kFirstEnd + 1) {
      values.erase(store::JournalKey(batch));
    } else {
      continue;
    }
    const Batches located = Located(VerifyStore(values, seed % 2 == 0));
    ASSERT_FALSE(located.empty()) << seed;
    ASSERT_EQ(*located.begin(), batch) << seed;
  }
}

TEST_F(PrunedJournalTest, AMirrorsOldestFilesMayBeGoneUpToACheckpointThatIsLeft) {
  const std::vector<MirroredRange> ranges = *ListCheckpoints(folder_);
  std::filesystem::remove(JournalFile(folder_, ranges[0]));
  ExpectPruned(VerifyMirror(), kFirstEnd, kThirdEnd);
  std::filesystem::remove(JournalFile(folder_, ranges[1]));
  std::filesystem::remove(CheckpointFile(folder_, ranges[0]));
  ExpectPruned(VerifyMirror(), kSecondEnd, kThirdEnd);
  std::filesystem::remove(CheckpointFile(folder_, ranges[1]));
  ExpectMissing(VerifyMirror(), kSecondEnd);
}

TEST_F(PrunedJournalTest, IsSaidToBeVerifiedFromItsFirstBatch) {
  commands::VerifiedPart part{.name = "store", .place = "data", .result = VerifyStore(WithoutRecordsUpTo(12), false)};
  EXPECT_EQ(commands::ToText({part}).find("store data: whole, verified from batch 13, earlier ones pruned under the "
                                          "checkpoint of batch 12, 24 batches, "),
            0u)
      << commands::ToText({part});
  EXPECT_NE(commands::ToJson({part}).find("\"pruned_up_to\":12"), std::string::npos);
  part.result = VerifyStore(values_, false);
  EXPECT_EQ(commands::ToText({part}).find("pruned"), std::string::npos);
}

}  // namespace
}  // namespace envej::journal
