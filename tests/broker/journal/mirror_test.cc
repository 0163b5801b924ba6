#include "broker/journal/mirror.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <vector>

#include "broker/journal/checkpoint_task.h"
#include "broker/journal/mirror_folder.h"
#include "broker/store/key_layout.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

namespace fs = std::filesystem;

class MirrorTest : public testing::Test {
 protected:
  MirrorTest() { fs::create_directory(path_); }

  void AddCheckpoint(int batches) {
    CommitBatches(store_, next_, batches);
    next_ += batches;
    ASSERT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
  }

  // Mirrors until there is nothing left; how many were copied, or -1.
  int MirrorAll(Mirror& mirror) {
    for (int count = 0; count < 100; ++count) {
      const absl::StatusOr<bool> written = mirror.WriteNext();
      if (!written.ok()) return -1;
      if (!*written) return count;
    }
    return -1;
  }

  std::string Folder() const { return ListIncarnations(path_)->at(0); }

  const SigningBroker broker_;
  const certs::TestDirectory directory_;
  const std::string path_ = directory_.Path("mirror");
  store::MemoryStore store_;
  int next_ = 1;
};

TEST_F(MirrorTest, HoldsEachCheckpointAndItsRecords) {
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 0);
  AddCheckpoint(4);
  AddCheckpoint(2);
  EXPECT_EQ(MirrorAll(mirror), 2);
  AddCheckpoint(1);
  EXPECT_EQ(MirrorAll(mirror), 1);
  const std::vector<MirroredRange> expected = {{1, 4}, {5, 6}, {7, 7}};
  EXPECT_EQ(*ListCheckpoints(Folder()), expected);
  EXPECT_EQ(*ListJournals(Folder()), expected);
  for (const MirroredRange& range : expected) {
    EXPECT_EQ(**ReadMirrorFile(CheckpointFile(Folder(), range), kCheckpointFileBytes),
              **store_.Get(store::CheckpointKey(range.last_batch)));
    EXPECT_EQ(certs::ModeOf(JournalFile(Folder(), range)), mode_t{0600});
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(Folder()), fs::directory_iterator()), 6);
}

TEST_F(MirrorTest, IsCaughtUpAfterItWasAwayAndAfterARestart) {
  AddCheckpoint(3);
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 1);
  fs::rename(path_, path_ + ".away");
  AddCheckpoint(3);
  EXPECT_TRUE(absl::IsUnavailable(mirror.WriteNext().status()));
  EXPECT_FALSE(fs::exists(path_));
  AddCheckpoint(3);
  fs::rename(path_ + ".away", path_);
  EXPECT_EQ(MirrorAll(mirror), 2);
  AddCheckpoint(1);
  Mirror restarted(store_, path_);
  EXPECT_EQ(MirrorAll(restarted), 1);
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 4u);
}

TEST_F(MirrorTest, AReplacedOneGetsEverything) {
  for (int count = 0; count < 5; ++count) AddCheckpoint(2);
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 5);
  fs::remove_all(path_);
  fs::create_directory(path_);
  EXPECT_EQ(MirrorAll(mirror), 5);
}

TEST_F(MirrorTest, AFileThatIsGoneIsCopiedAgainAtTheNextStart) {
  for (int count = 0; count < 4; ++count) AddCheckpoint(2);
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 4);
  fs::remove(JournalFile(Folder(), {3, 4}));
  Mirror restarted(store_, path_);
  EXPECT_EQ(MirrorAll(restarted), 3);
  EXPECT_EQ(ListJournals(Folder())->size(), 4u);
}

TEST_F(MirrorTest, AnotherHistoryIsNeverWrittenOver) {
  AddCheckpoint(3);
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 1);
  const std::string path = CheckpointFile(Folder(), {1, 3});
  const std::string before = certs::ReadFile(path);

  store::MemoryStore older;  // the same incarnation, another journal
  CommitBatches(older, 100, 5);
  ASSERT_TRUE(*broker_.Writer(older)->WriteNext(broker_.now()));
  Mirror other(older, path_);
  EXPECT_TRUE(absl::IsFailedPrecondition(other.WriteNext().status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(other.WriteNext().status()));
  EXPECT_EQ(certs::ReadFile(path), before);
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 1u);
}

TEST_F(MirrorTest, TakesNoRecordThatIsNotItsCheckpoints) {
  AddCheckpoint(3);
  store_.Damage(store::JournalKey(2), *store_.Get(store::JournalKey(1)));
  Mirror mirror(store_, path_);
  EXPECT_TRUE(absl::IsDataLoss(mirror.WriteNext().status()));
  EXPECT_TRUE(ListCheckpoints(Folder())->empty());
  EXPECT_TRUE(ListJournals(Folder())->empty());
}

TEST_F(MirrorTest, TheTasksLastRoundCoversAndMirrorsWhatCameLast) {
  CommitBatches(store_, 1, 3);
  int failures = 0;
  CheckpointTask::Options options;
  options.every = absl::Hours(1);
  options.now = [this] { return broker_.now(); };
  options.checkpoint_failed = options.mirror_failed = [&](const absl::Status&) { ++failures; };
  CheckpointTask task(broker_.Writer(store_), std::make_unique<Mirror>(store_, path_), options);
  task.Stop();
  task.Stop();
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(store_.Get(store::CheckpointKey(3))->has_value());
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 1u);
}

TEST_F(MirrorTest, TheTaskAlarmsWhileTheMirrorIsAwayAndSaysWhenItHasCaughtUp) {
  CommitBatches(store_, 1, 3);
  fs::remove(path_);
  std::atomic<int> failures = 0;
  std::atomic<bool> caught_up = false;
  CheckpointTask::Options options;
  options.every = absl::Milliseconds(2);
  options.now = [this] { return broker_.now(); };
  options.mirror_failed = [&](const absl::Status& why) {
    EXPECT_TRUE(absl::IsUnavailable(why)) << why;
    if (++failures == 3) fs::create_directory(path_);
  };
  options.mirror_caught_up = [&] { caught_up = true; };
  CheckpointTask task(broker_.Writer(store_), std::make_unique<Mirror>(store_, path_), options);
  for (int wait = 0; wait < 5000 && !caught_up; ++wait) absl::SleepFor(absl::Milliseconds(2));
  task.Stop();
  EXPECT_TRUE(caught_up);
  EXPECT_EQ(failures, 3);
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 1u);
}

}  // namespace
}  // namespace envej::journal
