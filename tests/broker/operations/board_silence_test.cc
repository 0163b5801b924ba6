// When an inbox is told as silent, also over restarts and by clocks that were ahead.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/operations/board_fixture.h"
#include "tests/certs/test_files.h"

namespace envej::operations {
namespace {

using inbox::kStart;
using testing::SizeIs;

class BoardSilenceTest : public BoardFixture {
 protected:
  // The municipality calls.
  void Call(const std::string& code = kHere) {
    static const certs::TestAuthority authority;
    static const certs::Certificate certificate =
        authority.IssueCertificate(certs::ClientRequest(MunicipalityUri("0101")));
    attendance_->See({.kind = certs::ParticipantKind::kMunicipality, .code = code, .origin = ""}, certificate,
                     clock_.Now());
  }
  // A pull of it is let in, and finds nothing that it may have.
  void Pull() {
    Call();
    attendance_->SeePull(MunicipalityUri(kHere), clock_.Now());
  }
  // An inbox that is silent, and a restart.
  void RestartSilent() {
    ASSERT_TRUE(SubmitOne(1).ok());
    LetTimePass(kSilentAfter + absl::Minutes(1));
    Restart();
    AddBefore(kStart + kSilentAfter);
  }
};

TEST_F(BoardSilenceTest, AnInboxIsSilentWhenNobodyPullsForTenMinutesWhileSomethingWaits) {
  Skip(absl::Hours(1));
  Pull();
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(kSilentAfter - absl::Seconds(2));
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(absl::Seconds(2));
  EXPECT_EQ(Here().silent_since, kStart + absl::Hours(1));
  Pull();
  EXPECT_EQ(Here().silent_since, std::nullopt);
  const absl::Time pulled = clock_.Now();
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().silent_since, pulled);
  EXPECT_EQ(Here().last_pull_at, pulled);
  ASSERT_THAT(PullSome(), SizeIs(1));
  EXPECT_EQ(Here().silent_since, std::nullopt) << "nothing waits";
}

TEST_F(BoardSilenceTest, WhoeverOnlyCallsEmptiesNothing) {
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(kSilentAfter);
  Call();
  EXPECT_EQ(Here().last_seen_at, clock_.Now());
  EXPECT_EQ(Here().last_pull_at, std::nullopt);
  EXPECT_EQ(Here().silent_since, kStart);
}

TEST_F(BoardSilenceTest, AnInboxIsSilentSinceItsLastLeaseWhereThatWasLater) {
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(absl::Minutes(5));
  ASSERT_THAT(PullSome(), SizeIs(1));
  LetTimePass(kSilentAfter - absl::Seconds(1));
  EXPECT_EQ(Here().oldest_waiting_at, kStart) << "it is back in its place";
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, kStart + absl::Minutes(5));
}

TEST_F(BoardSilenceTest, WhatWasParkedWaitsFromWhenItIsPutBack) {
  ASSERT_TRUE(SubmitOne(1).ok());
  for (uint32_t failure = 0; failure < inbox::kFailuresMost; ++failure) {
    ASSERT_THAT(PullSome(), SizeIs(1));
    LetTimePass(absl::Minutes(1));
    Skip(inbox::kHoldMost);
  }
  ASSERT_EQ(Here().parked, 1);
  const absl::Time put_back = clock_.Now();
  inboxes_->RedriveAll({.actor = inbox::kSubmitter}, {inbox::Key(1)},
                       [](const auto& answers) { EXPECT_TRUE(answers[0].ok()); });
  EXPECT_EQ(HereAnew().oldest_waiting_at, kStart);
  EXPECT_EQ(Here().silent_since, std::nullopt) << "nobody could pull it before";
  ASSERT_TRUE(SubmitOne(2).ok());
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().silent_since, put_back);
}

TEST_F(BoardSilenceTest, WhatIsPutBackBesideWhatWaitsEndsNoSilence) {
  ASSERT_TRUE(SubmitOne(1).ok());
  for (int failure = 0; failure < 2; ++failure) {
    ASSERT_THAT(PullSome(), SizeIs(1));
    LetTimePass(absl::Minutes(1));
  }
  const absl::Time came = clock_.Now();
  ASSERT_TRUE(SubmitOne(2).ok());
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().waiting, 2);
  EXPECT_EQ(Here().held, 0) << "the first was put back meanwhile";
  EXPECT_EQ(Here().silent_since, came);
}

TEST_F(BoardSilenceTest, WhatWasSilentWhenTheBrokerLastRanIsSoAgainTwoMinutesAfterItServes) {
  RestartSilent();
  EXPECT_TRUE(Here().silence_unknown);
  LetTimePass(kSilenceGrace - absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, std::nullopt) << "its consumer may come back yet";
  LetTimePass(absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, kStart);
  EXPECT_FALSE(Here().silence_unknown);
}

TEST_F(BoardSilenceTest, WhatWaitedOnlyWhileTheBrokerWasDownIsKnownNotToBeSilent) {
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(kSilentAfter + absl::Minutes(1));
  Restart();
  EXPECT_TRUE(Here().silence_unknown) << "it is not known yet until when the broker ran";
  AddBefore(kStart + absl::Minutes(1));
  EXPECT_FALSE(Here().silence_unknown);
  EXPECT_EQ(Here().silent_since, std::nullopt);
}

TEST_F(BoardSilenceTest, AConsumerThatComesBackSoonAfterAStartEndsItsSilence) {
  RestartSilent();
  Pull();
  EXPECT_FALSE(Here().silence_unknown) << "it is known not to be silent";
  LetTimePass(kSilenceGrace);
  EXPECT_EQ(Here().silent_since, std::nullopt);
}

TEST_F(BoardSilenceTest, ABrokerThatDoesNotServeYetHasNoSilentInbox) {
  RestartSilent();
  board_ = NewBoard();
  AddBefore(kStart + kSilentAfter);
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().silent_since, std::nullopt);
}

TEST_F(BoardSilenceTest, TheTimeInWhichTheBrokerWasDownMakesNoInboxSilent) {
  ASSERT_TRUE(SubmitOne(1).ok());
  LetTimePass(absl::Minutes(4));
  const absl::Time ran_until = clock_.Now();
  Skip(absl::Hours(3));
  Restart();
  AddBefore(ran_until);
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(kSilentAfter - absl::Minutes(4) - absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, kStart) << "nobody pulled while the broker was down either";
}

TEST_F(BoardSilenceTest, OfTheTimeBeforeAStartOfWhichNothingIsKnownNothingCounts) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(3));
  Restart();
  LetTimePass(kSilentAfter - absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(absl::Seconds(1));
  EXPECT_EQ(Here().silent_since, kStart);
}

TEST_F(BoardSilenceTest, ALeaseShortlyBeforeAStartIsNoSilence) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Skip(absl::Hours(2));
  ASSERT_THAT(PullSome(), SizeIs(1));
  const absl::Time leased = clock_.Now();
  LetTimePass(absl::Minutes(2));
  Restart();
  AddBefore(clock_.Now());
  EXPECT_EQ(Here().last_fetch_at, leased) << "the record says so";
  LetTimePass(absl::Minutes(7));
  EXPECT_EQ(HereAnew().oldest_waiting_at, kStart);
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(absl::Minutes(1));
  EXPECT_EQ(Here().silent_since, leased);
}

TEST_F(BoardSilenceTest, AClockThatWasAheadWhileSomebodyPulledHidesNoSilence) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart + absl::Hours(24 * 365));
  Pull();
  clock_.Set(kStart);
  EXPECT_EQ(Here().silent_since, std::nullopt);
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().silent_since, kStart);
}

TEST_F(BoardSilenceTest, ALeaseOfTheFutureHidesNoSilence) {
  ASSERT_TRUE(SubmitOne(1).ok());
  Restart();
  AddBefore(kStart, {{kHere, {.counts = {}, .last_fetch_at = kStart + absl::Hours(24 * 365)}}});
  LetTimePass(kSilentAfter);
  EXPECT_EQ(Here().silent_since, kStart);
}

}  // namespace
}  // namespace envej::operations
