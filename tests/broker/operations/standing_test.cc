#include "broker/operations/standing.h"

#include <gtest/gtest.h>

#include <random>

#include "broker/store/key_layout.h"
#include "tests/broker/operations/board_fixture.h"

namespace envej::operations {
namespace {

using inbox::Key;
using inbox::PulledItem;

class StandingTest : public BoardFixture {
 protected:
  Standing Count() {
    absl::StatusOr<Standing> standing = CountStanding(store_, clock_.Now());
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing.ok() ? *std::move(standing) : Standing();
  }

  // What a board counted while it happened is what one finds that counts it now.
  void ExpectAsCountedAnew() {
    const std::vector<InboxFigures> moved = board_->ReadAll();
    const std::unique_ptr<Board> counted = NewBoard();
    for (const InboxFigures& one : moved) {
      const InboxFigures other = counted->ReadOne(one.municipality_code);
      EXPECT_EQ(one.waiting, other.waiting);
      EXPECT_EQ(one.held, other.held);
      EXPECT_EQ(one.leased, other.leased);
      EXPECT_EQ(one.parked, other.parked);
      EXPECT_EQ(one.missing, other.missing);
      EXPECT_EQ(one.overdue, other.overdue);
      EXPECT_EQ(one.undelivered, other.undelivered);
      EXPECT_EQ(one.oldest_entered_at, other.oldest_entered_at);
      EXPECT_EQ(one.oldest_waiting_at, other.oldest_waiting_at);
      EXPECT_EQ(one.oldest_leased_at, other.oldest_leased_at);
    }
    EXPECT_EQ(board_->ListLate("", {}, 1000).notices, counted->ListLate("", {}, 1000).notices);
  }
};

TEST_F(StandingTest, OfAnEmptyStoreThereIsNothing) {
  EXPECT_EQ(Count().under_way, 0u);
  EXPECT_TRUE(Count().inboxes.empty());
}

TEST_F(StandingTest, ReadsNoRecordOfWhatCameInLately) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  ASSERT_TRUE(SubmitOne(6, "content", "0147").ok());
  const Standing standing = Count();
  EXPECT_EQ(standing.under_way, 6u);
  EXPECT_EQ(standing.records_read, 0u);
  EXPECT_EQ(standing.inboxes.at(kHere).waiting, 5u);
  EXPECT_EQ(standing.inboxes.at("0147").waiting, 1u);
}

TEST_F(StandingTest, ReadsWhatKeysDoNotSay) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  ASSERT_EQ(PullSome(2).size(), 2u);
  const Standing leased = Count();
  EXPECT_EQ(leased.records_read, 2u);
  EXPECT_EQ(leased.inboxes.at(kHere).leased, 2u);
  EXPECT_EQ(leased.inboxes.at(kHere).waiting, 3u);
  Skip(absl::Hours(5));
  const Standing late = Count();
  EXPECT_EQ(late.under_way, 5u);
  EXPECT_EQ(late.records_read, 5u);
  EXPECT_EQ(late.inboxes.at(kHere).overdue, 3u) << "the others were fetched in time";
}

TEST_F(StandingTest, WhatCannotBeReadIsCountedAsUnreadable) {
  for (int number = 1; number <= 2; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  Skip(absl::Hours(2));
  store_.Damage(store::RecordKey(Key(1)), "damaged");
  store_.Damage(store::RecordKey(Key(2)), std::nullopt);
  const Standing standing = Count();
  EXPECT_EQ(standing.unreadable, 2u);
  EXPECT_EQ(standing.inboxes.at(kHere).waiting, 2u);
  EXPECT_EQ(standing.inboxes.at(kHere).late.size(), 2u) << "it may be late";
  EXPECT_EQ(standing.inboxes.at(kHere).overdue, 2u);
}

TEST_F(StandingTest, AnErrorOfTheStoreIsToldAsItIs) {
  ASSERT_TRUE(SubmitOne(1).ok());
  store_.FailNextBatch(store::MemoryStore::BatchFault::kWrite);
  EXPECT_FALSE(SubmitOne(2).ok());
  EXPECT_FALSE(CountStanding(store_, clock_.Now()).ok());
}

TEST_F(StandingTest, WhateverHappensTheCountsStayWhatIsThere) {
  std::mt19937 random(7);
  std::vector<PulledItem> leased;
  for (int step = 0; step < 400; ++step) {
    switch (random() % 6) {
      case 0:
      case 1:
        SubmitOne(step, "content", random() % 4 == 0 ? "0147" : kHere).status().IgnoreError();  // or was withdrawn
        break;
      case 2: {
        const std::vector<PulledItem> pulled = PullSome(1 + random() % 3);
        leased.insert(leased.end(), pulled.begin(), pulled.end());
        break;
      }
      case 3:
        if (leased.empty()) break;
        AcknowledgeOne(NameOf(leased.back())).status().IgnoreError();
        leased.pop_back();
        break;
      case 4: {
        inbox::Submission withdrawal = SubmissionOf(static_cast<int>(random() % 400));
        withdrawal.what = inbox::Withdraw{.revision = 2,
                                          .reason = inbox::WithdrawalReason::kDeceased,
                                          .origin = "ward",
                                          .refusal_if_new = std::nullopt};
        inboxes_->SubmitAll({withdrawal}, [](const auto&) {});
        break;
      }
      default:
        Skip(random() % 8 == 0 ? absl::Hours(3) : absl::Seconds(45));
        break;
    }
    if (step % 20 == 0) {
      LetTimePass(absl::Seconds(2));
      ExpectAsCountedAnew();
    }
  }
  Skip(absl::Hours(24 * 20));
  ExpectAsCountedAnew();
  EXPECT_GT(Here().undelivered, 0u);
  EXPECT_GE(board_->ListLate(kHere, {}, 1000).notices.size(), Here().undelivered);
  for (int day = 0; day < 60; ++day) Skip(absl::Hours(24));
  ExpectAsCountedAnew();
  EXPECT_EQ(Here().waiting + Here().leased + Here().parked, 0u);
  EXPECT_TRUE(board_->ListLate("", {}, 1000).notices.empty());
}

}  // namespace
}  // namespace envej::operations
