#include "broker/journal/mirror.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <vector>

#include "broker/journal/checkpoint_task.h"
#include "broker/journal/journal_source.h"
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

  MirrorNext Mirroring() {
    return [mirror = std::make_shared<Mirror>(store_, path_)] { return mirror->WriteNext(); };
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

TEST_F(MirrorTest, APipeInAFilesPlaceCannotBeReadAndIsNotWaitedFor) {
  AddCheckpoint(3);
  Mirror mirror(store_, path_);
  EXPECT_EQ(MirrorAll(mirror), 1);
  const MirroredRange range = {1, 3};
  for (const std::string& path : {CheckpointFile(Folder(), range), JournalFile(Folder(), range)}) {
    fs::remove(path);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_TRUE(absl::IsUnavailable(OpenMirrorFile(path).status()));
  }
  EXPECT_TRUE(absl::IsUnavailable(ReadMirrorFile(CheckpointFile(Folder(), range), kCheckpointFileBytes).status()));
  EXPECT_TRUE(absl::IsUnavailable((*SourceOfMirror(Folder()))->NextRecord().status()));
  EXPECT_TRUE(absl::IsUnavailable((*SourceOfMirror(Folder()))->NextCheckpoint().status()));
  EXPECT_EQ(FindInMirror(Folder(), 2), std::nullopt);
  Mirror restarted(store_, path_);
  EXPECT_TRUE(absl::IsUnavailable(restarted.WriteNext().status()));
  EXPECT_TRUE(absl::IsNotFound(OpenMirrorFile(path_ + "/none").status()));
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
  std::atomic<int> failures = 0;
  CheckpointTask::Options options;
  options.every = absl::Hours(1);
  options.now = [this] { return broker_.now(); };
  options.checkpoint_failed = options.mirror.failed = [&](const absl::Status&) { ++failures; };
  std::atomic<int> covered = 0;
  options.covered = [&] { ++covered; };
  CheckpointTask task(broker_.Writer(store_), Mirroring(), options);
  EXPECT_TRUE(task.Stop());
  EXPECT_TRUE(task.Stop());
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(covered, 2) << "by the first round, and by the last";
  EXPECT_TRUE(store_.Get(store::CheckpointKey(3))->has_value());
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 1u);
}

TEST_F(MirrorTest, TheTaskAlarmsWhileTheMirrorIsAwayAndSaysWhenItHasCaughtUp) {
  CommitBatches(store_, 1, 3);
  fs::remove(path_);
  std::atomic<int> failures = 0;
  std::promise<void> caught_up;
  CheckpointTask::Options options;
  options.every = absl::Milliseconds(2);
  options.now = [this] { return broker_.now(); };
  options.mirror.failed = [&](const absl::Status& why) {
    EXPECT_TRUE(absl::IsUnavailable(why)) << why;
    if (++failures == 3) fs::create_directory(path_);
  };
  options.mirror.caught_up = [&] { caught_up.set_value(); };
  CheckpointTask task(broker_.Writer(store_), Mirroring(), options);
  EXPECT_EQ(caught_up.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_TRUE(task.Stop());
  EXPECT_EQ(failures, 3);
  EXPECT_EQ(ListCheckpoints(Folder())->size(), 1u);
}

// A mirror whose disk does not answer until it is let go.
class HangingMirror {
 public:
  MirrorNext Next() const {
    return [state = state_]() -> absl::StatusOr<bool> {
      if (++state->calls == 1) state->began.set_value();
      state->hung.wait();
      if (++state->answers == 1) state->answered.set_value();
      return true;
    };
  }
  void WaitUntilItHangs() { state_->began.get_future().wait(); }
  void LetGo() {
    state_->let_go.set_value();
    state_->answered.get_future().wait();
  }
  int calls() const { return state_->calls; }

 private:
  struct State {
    std::atomic<int> calls = 0;
    std::atomic<int> answers = 0;
    std::promise<void> began;
    std::promise<void> let_go;
    std::promise<void> answered;
    const std::shared_future<void> hung = let_go.get_future().share();
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

TEST(MirrorTaskTest, AStopDoesNotWaitForAMirrorThatHangs) {
  HangingMirror mirror;
  const auto told = std::make_shared<std::atomic<int>>(0);
  {
    MirrorTask task(
        mirror.Next(),
        {.failed = [told](const absl::Status&) { ++*told; }, .caught_up = [told] { ++*told; }, .hangs = {}});
    task.Wake();
    mirror.WaitUntilItHangs();
    EXPECT_FALSE(task.Stop(absl::Milliseconds(20)));
    EXPECT_FALSE(task.Stop(absl::Hours(1))) << "it is left behind, and not waited for again";
  }
  mirror.LetGo();
  EXPECT_EQ(*told, 0);
  EXPECT_EQ(mirror.calls(), 1) << "nothing more is begun";
}

TEST(MirrorTaskTest, SaysThatItHangsAndGoesOnWhenTheMirrorAnswers) {
  HangingMirror mirror;
  std::atomic<int> hangs = 0;
  std::promise<void> caught_up;
  std::atomic<bool> all_copied = false;
  MirrorTask task(
      [&, next = mirror.Next()]() -> absl::StatusOr<bool> {
        if (all_copied) return false;
        const absl::StatusOr<bool> copied = next();
        all_copied = true;
        return copied;
      },
      {.failed = {}, .caught_up = [&] { caught_up.set_value(); }, .hangs = [&] { ++hangs; }});
  task.Wake();
  mirror.WaitUntilItHangs();
  task.Wake();
  EXPECT_EQ(hangs, 0) << "it may have begun just now";
  task.Wake();
  task.Wake();
  EXPECT_EQ(hangs, 2);
  mirror.LetGo();
  EXPECT_EQ(caught_up.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_TRUE(task.Stop(absl::Seconds(30)));
}

TEST_F(MirrorTest, CheckpointsGoOnAndTheStopEndsWhileTheMirrorHangs) {
  HangingMirror mirror;
  CommitBatches(store_, 1, 3);
  CheckpointTask::Options options;
  options.every = absl::Hours(1);
  options.now = [this] { return broker_.now(); };
  CheckpointTask task(broker_.Writer(store_), mirror.Next(), options);
  mirror.WaitUntilItHangs();
  CommitBatches(store_, 4, 2);
  const absl::Time before = absl::Now();
  EXPECT_FALSE(task.Stop());
  EXPECT_LT(absl::Now() - before, MirrorTask::kStopMost + absl::Seconds(20)) << "the rest is for a slow machine";
  EXPECT_TRUE(store_.Get(store::CheckpointKey(5))->has_value());
  mirror.LetGo();
}

}  // namespace
}  // namespace envej::journal
