#include "broker/commands/replay_mirror.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "broker/inbox/record.h"
#include "broker/journal/mirror.h"
#include "broker/journal/mirror_folder.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_copy.h"
#include "broker/store/rocksdb_examination.h"
#include "broker/store/rocksdb_offline.h"
#include "broker/store/rocksdb_reader.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/broker/store/store_directory.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;
using store::RocksDbReader;

// Of the eight batches of a store's journal a copy has three, and a mirror six, under a checkpoint of each two.
class ReplayMirrorTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(mirror_);
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(data_);
    for (int number = 1; number <= 8; ++number) {
      journal::CommitBatches(*store, number, 1);
      if (number == 3) Copy();
      if (number > 6 || number % 2 != 0) continue;
      ASSERT_TRUE(*broker_.Writer(*store)->WriteNext(broker_.now()));
    }
    journal::Mirror mirror(*store, mirror_);
    while (*mirror.WriteNext()) {
    }
    ASSERT_TRUE(store->Stop().ok());
    folder_ = journal::ListIncarnations(mirror_)->at(0);
  }

  void Copy() {
    const std::unique_ptr<RocksDbReader> reader = *RocksDbReader::Open(data_);
    from_ = **reader->Head();
    const std::string engine = store::StorePaths(copy_).engine;
    fs::create_directories(engine);
    ASSERT_TRUE(store::CopyKeys(*reader, engine, {.progress = nullptr}).ok());
    offline_ = *store::RocksDbOffline::Open(engine);
  }

  absl::StatusOr<Reached> Replay() { return ReplayMirror(*offline_, from_, folder_, broker_.Check(), broker_.now()); }
  std::optional<inbox::Record> RecordOf(int number) {
    const absl::StatusOr<std::optional<std::string>> value =
        offline_->Get(store::RecordKey(journal::Acceptance(number).item.notice));
    if (!value->has_value()) return std::nullopt;
    return *inbox::DecodeRecord(**value);
  }

  const journal::SigningBroker broker_;
  const store::TemporaryDirectory directory_;
  const std::string data_ = directory_.path("data");
  const std::string copy_ = directory_.path("copy");
  const std::string mirror_ = directory_.path("mirror");
  std::string folder_;
  store::BatchHead from_;
  std::unique_ptr<store::RocksDbOffline> offline_;
};

TEST_F(ReplayMirrorTest, TakesOverWhatTheMirrorHas) {
  const absl::StatusOr<Reached> reached = Replay();
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->head.batch, 6u);
  EXPECT_EQ(reached->mirror_end, 6u);
  EXPECT_EQ(reached->why_not_further, "");
  EXPECT_EQ(reached->unfitting, 1u) << "a return of what was never accepted";
  for (const uint64_t last : {2, 4, 6}) {
    EXPECT_TRUE(offline_->Get(store::CheckpointKey(last))->has_value()) << last;
  }
  ASSERT_TRUE(RecordOf(400).has_value());
  EXPECT_EQ(RecordOf(400)->state, inbox::State::kMissing);
  EXPECT_EQ(RecordOf(400)->newest.position->batch, 4u);
  EXPECT_EQ(RecordOf(300), std::nullopt) << "that was the copy's to know";
  EXPECT_EQ(RecordOf(700), std::nullopt);
}

// As a mirror grows for years, and a backup is of this hour.
TEST_F(ReplayMirrorTest, ReadsNothingOfBeforeTheBackup) {
  const journal::MirroredRange first = journal::ListJournals(folder_)->at(0);
  ASSERT_EQ(first.last_batch, 2u);
  for (const std::string& path : {journal::JournalFile(folder_, first), journal::CheckpointFile(folder_, first)}) {
    fs::remove(path);
    fs::create_directory(path);  // whoever opened it would fail
  }
  std::vector<uint64_t> told;
  const absl::StatusOr<Reached> reached = ReplayMirror(*offline_, from_, folder_, broker_.Check(), broker_.now(),
                                                       [&](uint64_t batch) { told.push_back(batch); });
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->head.batch, 6u);
  EXPECT_EQ(told, (std::vector<uint64_t>{3, 4, 5, 6}));
  EXPECT_TRUE(offline_->Get(store::CheckpointKey(6))->has_value());
}

TEST_F(ReplayMirrorTest, WhatDoesNotLeadOnFromTheBackupIsNotReplayed) {
  const std::vector<journal::MirroredRange> ranges = *journal::ListJournals(folder_);
  fs::remove(
      journal::JournalFile(folder_, ranges[1]));  // batches 3 and 4: the backup's own is not there to be compared
  const absl::StatusOr<Reached> reached = Replay();
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->head.batch, 3u);
  EXPECT_NE(reached->why_not_further.find("does not lead on"), std::string::npos);
}

TEST_F(ReplayMirrorTest, EndsBeforeARecordThatWasChanged) {
  const std::vector<journal::MirroredRange> ranges = *journal::ListJournals(folder_);
  ASSERT_EQ(ranges.size(), 3u);
  const std::string path = journal::JournalFile(folder_, ranges[2]);
  std::string bytes = store::ReadFile(path);
  bytes[bytes.size() / 4] = static_cast<char>(bytes[bytes.size() / 4] ^ 1);
  store::WriteFile(path, bytes);
  const absl::StatusOr<Reached> reached = Replay();
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->head.batch, 4u);
  EXPECT_EQ(reached->mirror_end, 6u);
  EXPECT_NE(reached->why_not_further, "");
}

TEST_F(ReplayMirrorTest, TakesNothingThatNoBrokerHasSigned) {
  const journal::SigningBroker stranger;
  const absl::StatusOr<Reached> reached = ReplayMirror(*offline_, from_, folder_, stranger.Check(), broker_.now());
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->head.batch, 3u);
  EXPECT_NE(reached->why_not_further.find("no checkpoint"), std::string::npos);
}

// As of the journal of a store that the lost one was restored from: it is not replayed again.
TEST_F(ReplayMirrorTest, TakesCheckpointsOverRecordsThatTheStoreHas) {
  ASSERT_TRUE(offline_->Write({{.key = store::CheckpointKey(2), .value = std::nullopt}}).ok());
  const journal::SigningBroker stranger;
  ASSERT_TRUE(TakeCheckpoints(*offline_, **journal::SourceOfMirror(folder_), stranger.Check()).ok());
  EXPECT_EQ(*offline_->Get(store::CheckpointKey(2)), std::nullopt) << "no broker has signed it";
  ASSERT_TRUE(TakeCheckpoints(*offline_, **journal::SourceOfMirror(folder_), broker_.Check()).ok());
  EXPECT_TRUE(offline_->Get(store::CheckpointKey(2))->has_value());
  EXPECT_EQ(*offline_->Get(store::CheckpointKey(4)), std::nullopt) << "of its records there are three";
}

TEST_F(ReplayMirrorTest, AMirrorOfAnotherHistoryIsRefused) {
  from_.hash[0] = static_cast<char>(from_.hash[0] ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(Replay().status()));
}

}  // namespace
}  // namespace envej::commands
