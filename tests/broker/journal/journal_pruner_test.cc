#include "broker/journal/journal_pruner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "broker/journal/changes.h"
#include "broker/journal/mirror.h"
#include "broker/journal/mirror_folder.h"
#include "broker/journal/receipts.h"
#include "broker/journal/verification.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kKeep = absl::Hours(24 * 31 * 13);
constexpr int kFirst = 100;   // batches of the first checkpoint
constexpr int kSecond = 150;  // and of those after it
constexpr int kThird = 50;

class JournalPrunerTest : public testing::Test {
 protected:
  JournalPrunerTest() {
    fs::create_directory(mirror_path_);
    for (const int batches : {kFirst, kSecond, kThird, static_cast<int>(store::kJournalKept)}) AddCheckpoint(batches);
  }

  void AddCheckpoint(int batches) {
    CommitBatches(store_, next_, batches);
    next_ += batches;
    ASSERT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  }

  absl::StatusOr<uint64_t> Prune(JournalPruner& pruner, absl::Duration age = kKeep + absl::Seconds(1)) {
    return pruner.RemoveOldest(broker_.now() + age);
  }
  // Until there is nothing left; all that went.
  uint64_t PruneAll(JournalPruner& pruner) {
    uint64_t all = 0;
    while (true) {
      const absl::StatusOr<uint64_t> removed = Prune(pruner);
      EXPECT_TRUE(removed.ok()) << removed.status();
      if (!removed.ok() || *removed == 0) return all;
      all += *removed;
    }
  }
  void MirrorAll(Mirror& mirror) {
    while (true) {
      const absl::StatusOr<bool> written = mirror.WriteNext();
      ASSERT_TRUE(written.ok()) << written.status();
      if (!*written) return;
    }
  }

  ScanFunction Scan() {
    return [this](const store::ScanRange& range) { return store_.Scan(range); };
  }
  void ExpectWhole(JournalSource& source, uint64_t pruned_up_to) {
    Expectation expectation;
    expectation.check_signature = broker_.Check();
    const Verification verification = VerifyJournal(source, expectation);
    EXPECT_TRUE(verification.status.ok());
    EXPECT_EQ(verification.findings.count(), 0u) << verification.findings.kept()[0].what;
    EXPECT_EQ(verification.pruned_up_to, pruned_up_to);
    EXPECT_EQ(verification.last_batch, static_cast<uint64_t>(next_ - 1));
  }

  const SigningBroker broker_;
  const certs::TestDirectory directory_;
  const std::string mirror_path_ = directory_.Path("mirror");
  store::MemoryStore store_;
  int next_ = 1;
};

TEST_F(JournalPrunerTest, OneWholeCheckpointGoesAtATime) {
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  EXPECT_EQ(*Prune(pruner), static_cast<uint64_t>(kFirst));
  ExpectWhole(*SourceOf(Scan()), kFirst);
  EXPECT_EQ(*Prune(pruner), static_cast<uint64_t>(kSecond));
  ExpectWhole(*SourceOf(Scan()), kFirst + kSecond);
  EXPECT_FALSE(store_.Get(store::CheckpointKey(kFirst))->has_value());
  EXPECT_TRUE(store_.Get(store::CheckpointKey(kFirst + kSecond))->has_value()) << "the word for what went";
}

TEST_F(JournalPrunerTest, WhatIsYoungerStays) {
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  EXPECT_EQ(*Prune(pruner, kKeep), 0u);
  EXPECT_EQ(*Prune(pruner, kKeep + absl::Microseconds(1)), static_cast<uint64_t>(kFirst));
}

TEST_F(JournalPrunerTest, NewestBatchesStayHoweverOld) {
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  EXPECT_EQ(PruneAll(pruner), static_cast<uint64_t>(kFirst + kSecond + kThird));
  EXPECT_EQ(**OldestBatch(store_), static_cast<uint64_t>(kFirst + kSecond + kThird + 1));
  AddCheckpoint(1);
  EXPECT_EQ(PruneAll(pruner), 0u) << "the newest but one is of as many as must stay";
  ExpectWhole(*SourceOf(Scan()), kFirst + kSecond + kThird);
}

TEST_F(JournalPrunerTest, WhatIsNotInTheMirrorStays) {
  Mirror mirror(store_, mirror_path_);
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = [&] { return mirror.mirrored_up_to(); }});
  EXPECT_EQ(*Prune(pruner), 0u);
  ASSERT_TRUE(*mirror.WriteNext());
  EXPECT_EQ(PruneAll(pruner), static_cast<uint64_t>(kFirst));
  ASSERT_TRUE(*mirror.WriteNext());
  fs::remove_all(mirror_path_);
  EXPECT_FALSE(mirror.WriteNext().ok());
  EXPECT_EQ(*Prune(pruner), 0u) << "the mirror is not there";
}

TEST_F(JournalPrunerTest, MirrorGoesOnAfterItAndKeepsAll) {
  auto mirror = std::make_unique<Mirror>(store_, mirror_path_);
  MirrorAll(*mirror);
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = [&] { return mirror->mirrored_up_to(); }});
  EXPECT_EQ(PruneAll(pruner), static_cast<uint64_t>(kFirst + kSecond + kThird));
  mirror = std::make_unique<Mirror>(store_, mirror_path_);
  AddCheckpoint(2);
  MirrorAll(*mirror);
  ExpectWhole(**SourceOfMirror(ListIncarnations(mirror_path_)->at(0)), 0);
}

TEST_F(JournalPrunerTest, NewMirrorOfAPrunedJournalBeginsWhereTheJournalDoes) {
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  const uint64_t removed = PruneAll(pruner);
  Mirror mirror(store_, mirror_path_);
  MirrorAll(mirror);
  EXPECT_EQ(mirror.mirrored_up_to(), static_cast<uint64_t>(next_ - 1));
  ExpectWhole(**SourceOfMirror(ListIncarnations(mirror_path_)->at(0)), removed);
  Mirror again(store_, mirror_path_);
  EXPECT_FALSE(*again.WriteNext()) << "it has all";
}

TEST_F(JournalPrunerTest, ReceiptsAndChangesSayThatTheirBatchIsGone) {
  const store::ItemKey item = Acceptance(100).item;
  const contract::JournalPosition position{
      .store_incarnation = "memory-store-000", .broker = "broker-1", .batch = 1, .event_index = 0};
  EXPECT_TRUE(ReceiptReader(store_).Read(item, position).ok());
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  ASSERT_GT(PruneAll(pruner), 0u);
  EXPECT_EQ(ReceiptReader(store_).Read(item, position).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(ReadChanges(store_, {"1084"}, 1)->begins_later);
  contract::JournalPosition lost = position;
  lost.batch = 400;
  store_.Damage(store::JournalKey(400), std::nullopt);
  EXPECT_EQ(ReceiptReader(store_).Read(item, lost).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(JournalPrunerTest, StoreThatFailsLosesNothingAndItGoesOn) {
  JournalPruner pruner(store_, {.keep = kKeep, .mirrored_up_to = nullptr});
  store_.FailNextBatch(/*applied=*/false);
  EXPECT_FALSE(Prune(pruner).ok());
  store_.Crash();
  ExpectWhole(*SourceOf(Scan()), 0);
  EXPECT_EQ(*Prune(pruner), static_cast<uint64_t>(kFirst));
  EXPECT_EQ(*Prune(pruner), static_cast<uint64_t>(kSecond));
}

}  // namespace
}  // namespace envej::journal
