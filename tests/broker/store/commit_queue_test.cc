#include "broker/store/commit_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <utility>

namespace envej::store {
namespace {

constexpr CommitQueue::Bounds kBounds{
    .queue_transitions = 10, .queue_bytes = 1000, .batch_transitions = 4, .batch_bytes = 500};

// A commit of so many transitions that hold so many bytes together.
PendingCommit Commit(size_t transitions, size_t bytes = 0) {
  PendingCommit commit;
  commit.transitions.resize(transitions);
  if (bytes > 0) commit.transitions.at(0).events.push_back(std::string(bytes, 'e'));
  return commit;
}

bool Push(CommitQueue& queue, PendingCommit commit) { return queue.Push(commit); }

size_t TransitionsOf(const std::vector<PendingCommit>& commits) {
  size_t count = 0;
  for (const PendingCommit& commit : commits) count += commit.transitions.size();
  return count;
}

TEST(CommitQueue, BatchTakesWholeCommitsWithinItsBounds) {
  CommitQueue queue(kBounds);
  for (int index = 0; index < 3; ++index) EXPECT_TRUE(Push(queue, Commit(3)));
  EXPECT_EQ(queue.Gather().size(), 1u) << "a second commit of three would make more than four";
  EXPECT_TRUE(Push(queue, Commit(1)));
  EXPECT_EQ(queue.Gather().size(), 1u);
  EXPECT_EQ(TransitionsOf(queue.Gather()), 4u);
}

TEST(CommitQueue, TheOldestIsTheFirstThatIsNotAnsweredWhetherItWasTakenOrNot) {
  CommitQueue queue(kBounds);
  EXPECT_EQ(queue.OldestBegan(), std::nullopt);
  for (const int second : {1, 2, 3}) {
    PendingCommit commit = Commit(3);
    commit.began = absl::Seconds(second);
    EXPECT_TRUE(queue.Push(commit));
  }
  EXPECT_EQ(queue.OldestBegan(), absl::Seconds(1)) << "it waits";
  for (const int second : {1, 2, 3}) {
    EXPECT_EQ(queue.Gather().size(), 1u);
    EXPECT_EQ(queue.OldestBegan(), absl::Seconds(second)) << "it was taken";
  }
  queue.Close();
  EXPECT_TRUE(queue.Gather().empty());
  EXPECT_EQ(queue.OldestBegan(), std::nullopt);
}

TEST(CommitQueue, BatchIsBoundedByBytes) {
  CommitQueue queue(kBounds);
  for (int index = 0; index < 3; ++index) EXPECT_TRUE(Push(queue, Commit(1, 250)));
  EXPECT_EQ(queue.Gather().size(), 2u);
  EXPECT_EQ(queue.Gather().size(), 1u);
}

TEST(CommitQueue, CommitBeyondABatchGoesAlone) {
  CommitQueue queue(kBounds);
  EXPECT_TRUE(Push(queue, Commit(9)));
  EXPECT_TRUE(Push(queue, Commit(1)));
  EXPECT_EQ(TransitionsOf(queue.Gather()), 9u);
}

TEST(CommitQueue, CommitsWithoutTransitionsAreBoundedTooInABatch) {
  CommitQueue queue(kBounds);
  for (int index = 0; index < 5; ++index) EXPECT_TRUE(Push(queue, Commit(0)));
  EXPECT_EQ(queue.Gather().size(), 4u);
}

TEST(CommitQueue, FullQueueTurnsAwayAndLeavesTheCommitWhole) {
  CommitQueue queue(kBounds);
  EXPECT_TRUE(Push(queue, Commit(8)));
  PendingCommit commit = Commit(3);
  EXPECT_FALSE(queue.Push(commit));
  EXPECT_EQ(commit.transitions.size(), 3u);
  EXPECT_TRUE(Push(queue, Commit(2)));
  EXPECT_EQ(TransitionsOf(queue.Gather()), 8u);
  EXPECT_TRUE(queue.Push(commit)) << "there is room again";
}

TEST(CommitQueue, FullQueueCountsBytes) {
  CommitQueue queue(kBounds);
  EXPECT_TRUE(Push(queue, Commit(1, 900)));
  EXPECT_FALSE(Push(queue, Commit(1, 101)));
  EXPECT_TRUE(Push(queue, Commit(1, 100)));
}

TEST(CommitQueue, IntoAnEmptyQueueEveryCommitFits) {
  CommitQueue queue(kBounds);
  EXPECT_TRUE(Push(queue, Commit(50, 5000)));
  EXPECT_EQ(TransitionsOf(queue.Gather()), 50u);
}

TEST(CommitQueue, ClosedQueueGivesWhatWaitsAndThenNothing) {
  CommitQueue queue(kBounds);
  EXPECT_TRUE(Push(queue, Commit(1)));
  queue.Close();
  EXPECT_FALSE(Push(queue, Commit(1)));
  EXPECT_EQ(queue.Gather().size(), 1u);
  EXPECT_TRUE(queue.Gather().empty());
}

TEST(CommitQueue, CloseWakesWhoWaits) {
  CommitQueue queue(kBounds);
  std::thread waiting([&] { EXPECT_TRUE(queue.Gather().empty()); });
  queue.Close();
  waiting.join();
}

}  // namespace
}  // namespace envej::store
