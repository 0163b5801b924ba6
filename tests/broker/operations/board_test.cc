#include "broker/operations/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/operations/board_fixture.h"

namespace envej::operations {
namespace {

using inbox::kStart;
using inbox::NoticeReturn;
using inbox::PulledItem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class BoardTest : public BoardFixture {};

TEST_F(BoardTest, AnInboxWithoutAnythingHasNoFigures) {
  EXPECT_THAT(board_->ReadAll(), IsEmpty());
  const InboxFigures here = Here();
  EXPECT_EQ(here.municipality_code, kHere);
  EXPECT_EQ(here.waiting, 0u);
  EXPECT_EQ(here.oldest_entered_at, std::nullopt);
  EXPECT_EQ(here.last_fetch_at, std::nullopt);
  EXPECT_EQ(here.silent_since, std::nullopt);
  EXPECT_THAT(board_->ReadAll({"0147"}), SizeIs(1));
}

TEST_F(BoardTest, FollowsANoticeFromAcceptanceToAcknowledgement) {
  ASSERT_TRUE(SubmitOne(1).ok());
  EXPECT_EQ(Here().waiting, 1u);
  EXPECT_EQ(Here().oldest_waiting_at, kStart);
  EXPECT_EQ(Here().oldest_entered_at, kStart);

  LetTimePass(absl::Seconds(30));
  const std::vector<PulledItem> pulled = PullSome();
  ASSERT_THAT(pulled, SizeIs(1));
  InboxFigures here = Here();
  EXPECT_EQ(here.waiting, 0u);
  EXPECT_EQ(here.leased, 1u);
  EXPECT_EQ(here.oldest_waiting_at, std::nullopt);
  EXPECT_EQ(here.oldest_entered_at, kStart);
  EXPECT_EQ(here.oldest_leased_at, kStart + absl::Seconds(30));
  EXPECT_EQ(here.last_fetch_at, kStart + absl::Seconds(30));

  ASSERT_TRUE(AcknowledgeOne(NameOf(pulled[0])).ok());
  here = Here();
  EXPECT_EQ(here.leased, 0u);
  EXPECT_EQ(here.oldest_entered_at, std::nullopt);
  EXPECT_EQ(here.oldest_leased_at, std::nullopt);
  EXPECT_EQ(here.today, (DayCounts{.accepted = 1, .acknowledged = 1}));
  const InboxTotals totals = board_->Totals().at(kHere);
  EXPECT_THAT(totals.accepted, ElementsAre(Pair("1084", 1)));
  EXPECT_EQ(totals.fetched, 1u);
  EXPECT_EQ(totals.acknowledged, 1u);
  EXPECT_EQ(durations_->accepted_to_fetched.Read().count, 1u);
  EXPECT_EQ(durations_->accepted_to_acknowledged.Read().count, 1u);
  EXPECT_GT(*durations_->accepted_to_fetched.Read().p50, absl::Seconds(29));
}

TEST_F(BoardTest, WhatIsReturnedCountsByItsReason) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const std::vector<PulledItem> pulled = PullSome();
  ASSERT_THAT(pulled, SizeIs(1));
  inboxes_->ReturnAll(inbox::CallerOf(kHere),
                      {NoticeReturn{.lease = NameOf(pulled[0]), .reason = inbox::ReturnReason::kDeceased}},
                      [](const auto& times) { EXPECT_TRUE(times.at(0).ok()); });
  EXPECT_EQ(Here().leased, 0u);
  EXPECT_EQ(Here().today.returned, 1u);
  EXPECT_EQ(board_->Totals().at(kHere).returned.at(5), 1u);
}

TEST_F(BoardTest, WhatIsWithdrawnWasAcceptedToo) {
  ASSERT_TRUE(SubmitOne(1).ok());
  inbox::Submission withdrawal = SubmissionOf(1);
  withdrawal.what = inbox::Withdraw{
      .revision = 2, .reason = inbox::WithdrawalReason::kSentInError, .origin = "ward", .refusal_if_new = std::nullopt};
  inboxes_->SubmitAll({withdrawal}, [](const auto& answers) { EXPECT_TRUE(answers.at(0).ok()); });
  EXPECT_EQ(Here().waiting, 0u);
  EXPECT_EQ(Here().today, (DayCounts{.accepted = 2, .withdrawn = 1}));
  EXPECT_EQ(board_->Totals().at(kHere).withdrawn.at(4), 1u);
}

TEST_F(BoardTest, WhatIsHeldBackWaitsAndCannotBeHandedOut) {
  ASSERT_TRUE(SubmitOne(1).ok());
  for (int failure = 0; failure < 2; ++failure) {
    ASSERT_THAT(PullSome(), SizeIs(1));
    LetTimePass(absl::Seconds(61));
  }
  const InboxFigures here = Here();
  EXPECT_EQ(here.waiting, 1u);
  EXPECT_EQ(here.held, 1u);
  EXPECT_EQ(here.oldest_waiting_at, std::nullopt);
  EXPECT_EQ(here.oldest_entered_at, kStart);
}

TEST_F(BoardTest, WhatIsLateIsOverdueAndThenUndeliveredUntilItIsDelivered) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(5));
  EXPECT_EQ(Here().overdue, 1u);
  EXPECT_EQ(Here().undelivered, 0u);
  Skip(absl::Hours(24 * 14));
  EXPECT_EQ(Here().undelivered, 1u);
  const std::vector<PulledItem> pulled = PullSome();
  ASSERT_THAT(pulled, SizeIs(1));
  ASSERT_TRUE(AcknowledgeOne(NameOf(pulled[0])).ok());
  EXPECT_EQ(Here().overdue, 0u);
  EXPECT_EQ(Here().undelivered, 0u);
}

TEST_F(BoardTest, WhatIsLateIsNamedUntilItIsDelivered) {
  ASSERT_TRUE(SubmitOne(1).ok());
  EXPECT_THAT(board_->ListLate("", {}, 10).notices, IsEmpty());
  LetTimePass(absl::Seconds(1));
  ASSERT_TRUE(SubmitOne(2).ok());
  Skip(absl::Hours(5));
  ASSERT_TRUE(SubmitOne(3).ok());
  const LateNotice first{.entered_at = kStart, .notice = inbox::Key(1)};
  const LateNotice second{.entered_at = kStart + absl::Seconds(1), .notice = inbox::Key(2)};
  EXPECT_THAT(board_->ListLate(kHere, {}, 10).notices, ElementsAre(first, second));
  EXPECT_THAT(board_->ListLate("0147", {}, 10).notices, IsEmpty());
  const std::vector<PulledItem> pulled = PullSome();
  ASSERT_THAT(pulled, SizeIs(1));
  EXPECT_THAT(board_->ListLate(kHere, {}, 10).notices, ElementsAre(first, second)) << "leased it is still late";
  ASSERT_TRUE(AcknowledgeOne(NameOf(pulled[0])).ok());
  EXPECT_THAT(board_->ListLate(kHere, {}, 10).notices, ElementsAre(second));
}

TEST_F(BoardTest, WhatIsLateInAllInboxesIsListedPageByPage) {
  for (int number = 1; number <= 3; ++number) {
    ASSERT_TRUE(SubmitOne(number).ok());
    ASSERT_TRUE(SubmitOne(number, "content", "0147").ok());
    LetTimePass(absl::Seconds(1));
  }
  Skip(absl::Hours(5));
  const std::vector<LateNotice> all = board_->ListLate("", {}, 10).notices;
  ASSERT_THAT(all, SizeIs(6));
  for (size_t most = 1; most <= 6; ++most) {
    std::vector<LateNotice> paged;
    std::optional<LateNotice> after;
    for (bool more = true; more;) {
      const LatePage page = board_->ListLate("", after, most);
      ASSERT_LE(page.notices.size(), most);
      ASSERT_FALSE(page.notices.empty());
      paged.insert(paged.end(), page.notices.begin(), page.notices.end());
      after = paged.back();
      more = page.more;
    }
    EXPECT_EQ(paged, all) << most;
  }
}

TEST_F(BoardTest, MoreThanIsKeptIsToldAsLeftOut) {
  Standing standing;
  for (size_t number = 0; number < LateIndex::kKeptMost + 3; ++number) {
    standing.inboxes["0147"].late.Add({.entered_at = kStart, .notice = inbox::Key(static_cast<int>(number), "0147")});
  }
  board_->Begin(standing);
  EXPECT_EQ(board_->ListLate("", {}, 1).left_out, 3u);
  EXPECT_EQ(board_->ListLate("0147", {}, 1).left_out, 3u);
  EXPECT_EQ(board_->ListLate(kHere, {}, 1).left_out, 0u);
}

TEST_F(BoardTest, TheOldestIsFoundAnewAfterItWasDelivered) {
  for (int number = 1; number <= 3; ++number) {
    ASSERT_TRUE(SubmitOne(number).ok());
    LetTimePass(absl::Seconds(10));
  }
  EXPECT_EQ(Here().oldest_waiting_at, kStart);
  const std::vector<PulledItem> pulled = PullSome(2);
  ASSERT_THAT(pulled, SizeIs(2));
  EXPECT_EQ(HereAnew().oldest_waiting_at, kStart + absl::Seconds(20));
  LetTimePass(absl::Seconds(61));  // the leases run out, and what was leased is back in its place
  EXPECT_EQ(HereAnew().oldest_waiting_at, kStart);
  EXPECT_EQ(Here().waiting, 3u);
}

TEST_F(BoardTest, PullsThatWaitAreItsConsumers) {
  const uint64_t handle = inboxes_->Pull(Request(1, absl::Seconds(30)), [](const auto&) {});
  inboxes_->Pull(Request(1, absl::Seconds(30)), [](const auto&) {});
  EXPECT_EQ(Here().consumers, 2u);
  inboxes_->CancelPull(handle);
  EXPECT_EQ(Here().consumers, 1u);
  LetTimePass(absl::Seconds(31));
  EXPECT_EQ(Here().consumers, 0u);
}

TEST_F(BoardTest, ADayEndsAtMidnightInCopenhagen) {
  EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H:%M:%S", board_->DayBegan(), absl::UTCTimeZone()), "2027-01-14T23:00:00");
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(15) - absl::Seconds(1));
  EXPECT_EQ(Here().today.accepted, 1u);
  LetTimePass(absl::Seconds(1));
  EXPECT_EQ(Here().today.accepted, 0u);
  EXPECT_EQ(Here().waiting, 1u);
  ASSERT_TRUE(SubmitOne(2).ok());
  EXPECT_EQ(Here().today.accepted, 1u);
  EXPECT_EQ(board_->Totals().at(kHere).accepted.at("1084"), 2u);
}

TEST_F(BoardTest, AClockThatWasAheadForAMomentLosesNothingOfToday) {
  const absl::Time day = board_->DayBegan();
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart + absl::Hours(24 * 365));
  ASSERT_TRUE(SubmitOne(2).ok());
  AddBefore(kStart);
  EXPECT_EQ(Here().today.accepted, 1u);
  board_->Add({.day_began = day, .ran_until = kStart, .inboxes = {{kHere, {.counts = {.accepted = 4}}}}});
  EXPECT_EQ(Here().today.accepted, 1u) << "that is of another day";
  clock_.Set(kStart + absl::Minutes(1));
  EXPECT_EQ(Here().today.accepted, 6u);
  EXPECT_EQ(board_->DayBegan(), day);
  Skip(absl::Hours(15));
  EXPECT_EQ(Here().today.accepted, 0u) << "a new day";
}

TEST_F(BoardTest, AClockThatIsSetBackToADayBeforeBeginsThatOne) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart - absl::Hours(24));
  EXPECT_EQ(Here().today.accepted, 0u);
  EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H", board_->DayBegan(), absl::UTCTimeZone()), "2027-01-13T23");
}

TEST_F(BoardTest, WhatTheJournalHasOfTodayIsAdded) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const absl::Time day = board_->DayBegan();
  const absl::Time fetched = day + absl::Hours(1);
  AddBefore(day, {{kHere, {.counts = {.accepted = 4, .acknowledged = 3}, .last_fetch_at = fetched}},
                  {"0147", {.counts = {.returned = 1}}}});
  EXPECT_EQ(Here().today, (DayCounts{.accepted = 5, .acknowledged = 3}));
  EXPECT_EQ(Here().last_fetch_at, fetched);
  EXPECT_EQ(board_->ReadOne("0147").today.returned, 1u);
  EXPECT_EQ(board_->ReadOne("0147").last_fetch_at, std::nullopt);
}

TEST_F(BoardTest, OfADayThatIsOverOnlyTheLastFetchCounts) {
  const absl::Time day = board_->DayBegan();
  Skip(absl::Hours(16));
  board_->Add({.day_began = day,
               .ran_until = kStart,
               .inboxes = {{kHere, {.counts = {.accepted = 4}, .last_fetch_at = kStart}}}});
  EXPECT_EQ(Here().today, DayCounts());
  EXPECT_EQ(Here().last_fetch_at, kStart);
}

}  // namespace
}  // namespace envej::operations
