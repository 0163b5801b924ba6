#include "broker/store/rocksdb_examination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "proto/contract/merkle_tree.h"

namespace envej::store {
namespace {

using testing::HasSubstr;

// A journal of `batches` records, the head over them, and what is wrong with it.
class Journal {
 public:
  explicit Journal(uint64_t batches) {
    for (uint64_t batch = 1; batch <= batches; ++batch) {
      BatchRecord record{.store_incarnation = head.store_incarnation,
                         .broker = "broker-1",
                         .batch = batch,
                         .time = absl::UnixEpoch(),
                         .previous_hash = head.hash,
                         .events_root = {},
                         .events = {absl::StrCat("event ", batch)}};
      record.events_root = contract::MerkleTree(record.events).root();
      head.batch = batch;
      head.hash = HashOf(record);
      hashes[batch] = head.hash;
      records[batch] = std::move(record);
    }
  }

  absl::Status CheckAgainst(const HighWaterMark& mark) const {
    return CheckAgainstMark(mark, head, epoch, [this](uint64_t batch) -> absl::StatusOr<std::optional<std::string>> {
      const auto record = records.find(batch);
      if (record == records.end()) return std::optional<std::string>();
      return std::optional<std::string>(EncodeBatchRecord(record->second));
    });
  }

  HighWaterMark MarkAt(uint64_t batch) const {
    return {.store_incarnation = head.store_incarnation,
            .batch = batch,
            .hash = batch == 0 ? std::string(32, '\0') : hashes.at(batch),
            .epoch = 3};
  }

  BatchHead head = FirstHead(std::string(16, 'i'));
  uint64_t epoch = 3;
  std::map<uint64_t, BatchRecord> records;
  std::map<uint64_t, std::string> hashes;
};

void ExpectDataLoss(const absl::Status& status, const std::string& text) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(text));
}

TEST(CheckAgainstMark, WholeJournalHolds) {
  EXPECT_TRUE(Journal(0).CheckAgainst(Journal(0).MarkAt(0)).ok());
  const Journal journal(20);
  for (const uint64_t batch : {0u, 1u, 19u, 20u}) EXPECT_TRUE(journal.CheckAgainst(journal.MarkAt(batch)).ok());
}

TEST(CheckAgainstMark, EpochBelowTheMarksIsALoss) {
  Journal journal(20);
  journal.epoch = 4;
  EXPECT_TRUE(journal.CheckAgainst(journal.MarkAt(20)).ok()) << "an opening may stop before it writes its mark";
  journal.epoch = 2;
  ExpectDataLoss(journal.CheckAgainst(journal.MarkAt(20)),
                 "the store says it was opened 2 times, but opening 3 was durable");
}

TEST(CheckAgainstMark, MissingOrChangedRecordBreaksTheChain) {
  for (const uint64_t batch : {1u, 2u, 10u, 19u, 20u}) {
    Journal missing(20);
    missing.records.erase(batch);
    ExpectDataLoss(missing.CheckAgainst(missing.MarkAt(0)), absl::StrCat("batch ", batch, " is missing"));
    Journal changed(20);
    changed.records[batch].broker = "another";
    ExpectDataLoss(changed.CheckAgainst(changed.MarkAt(0)), absl::StrCat("broken at batch ", batch));
    Journal replaced(20);
    replaced.records[batch] = replaced.records[batch == 5 ? 6 : 5];
    ExpectDataLoss(replaced.CheckAgainst(replaced.MarkAt(0)), absl::StrCat("batch ", batch, " is another batch's"));
  }
}

TEST(CheckAgainstMark, ChainIsCheckedBackToItsBound) {
  Journal journal(kChainChecked + 10);
  journal.records.erase(10);
  EXPECT_TRUE(journal.CheckAgainst(journal.MarkAt(kChainChecked)).ok());
  journal.records.erase(11);
  EXPECT_FALSE(journal.CheckAgainst(journal.MarkAt(kChainChecked)).ok());
}

TEST(CheckAgainstMark, MarkedBatchIsLookedAtHoweverOldItIs) {
  Journal journal(kChainChecked + 10);
  HighWaterMark mark = journal.MarkAt(3);
  EXPECT_TRUE(journal.CheckAgainst(mark).ok());
  mark.hash[5] ^= 1;
  ExpectDataLoss(journal.CheckAgainst(mark), "batch 3 of the store is not the one");
}

TEST(CheckAgainstMark, HeadWithAnotherHashIsABrokenChain) {
  Journal journal(5);
  journal.head.hash[0] ^= 1;
  ExpectDataLoss(journal.CheckAgainst(journal.MarkAt(2)), "broken at batch 5");
}

}  // namespace
}  // namespace envej::store
