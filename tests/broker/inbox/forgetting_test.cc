// What is long concluded is forgotten: slowly, by a clock that can be trusted, and never so that it is doubled.
#include "broker/inbox/forgetting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/inbox/due_watch.h"
#include "tests/broker/inbox/damage_fixture.h"
#include "tests/support/journal_events.h"

namespace envej::inbox {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ForgettingTest : public DamageFixture {
 protected:
  void SubmitAndAcknowledge(int first, int last) {
    for (int number = first; number <= last; ++number) ASSERT_TRUE(SubmitOne(number).ok());
    for (const PulledItem& item : PullNow(static_cast<size_t>(last - first + 1))) {
      ASSERT_TRUE(AcknowledgeOne(NameOf(item)).ok());
    }
  }
  bool IsKnown(int number) { return store_.Get(store::RecordKey(Key(number)))->has_value(); }
  int Known(int last) {
    int known = 0;
    for (int number = 1; number <= last; ++number) known += IsKnown(number) ? 1 : 0;
    return known;
  }
  size_t KeysUnder(const std::string& prefix) {
    return store_.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = 10'000})->entries.size();
  }
  // The broker stops, and starts again after so long.
  void StopFor(absl::Duration duration) {
    inboxes_.reset();
    scheduler_.DropAll();
    clock_.Advance(duration);
    Open({});
  }
  // Long enough that not every look in it can be taken.
  void LetMonthsPass(absl::Duration duration) {
    clock_.Advance(duration);
    scheduler_.Advance(Forgetting::kSettle + Forgetting::kInterval);
  }
  absl::Status SubmitMadeAt(int number, absl::Time created_at) {
    Submission submission = SubmissionOf(number);
    std::get<Submit>(submission.what).created_at = created_at;
    absl::Status status = absl::UnknownError("no answer");
    inboxes_->SubmitAll({submission},
                        [&](std::vector<absl::StatusOr<Accepted>> answers) { status = answers.at(0).status(); });
    return status;
  }

  // From the end of the day of discharge.
  const absl::Duration kAll = absl::Hours(16) + kRemembered;
};

TEST_F(ForgettingTest, RecordAndKeyGoAndTheJournalSaysSo) {
  SubmitAndAcknowledge(1, 2);
  EXPECT_EQ(KeysUnder(store::ForgetPrefix()), 2u);
  LetMonthsPass(kAll - absl::Seconds(1));
  EXPECT_TRUE(IsKnown(1));
  LetTimePass(absl::Seconds(1));
  EXPECT_FALSE(IsKnown(1));
  EXPECT_EQ(KeysUnder(store::ForgetPrefix()), 0u);
  EXPECT_EQ(KeysUnder(store::DuePrefix()), 0u);
  const std::vector<journal::Event> events = support::JournalEvents(store_);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().type, journal::EventType::kForgotten);
  EXPECT_EQ(events.back().actor, "");
  EXPECT_THAT(late_, IsEmpty()) << "that is no news for operations";
}

TEST_F(ForgettingTest, WhatIsUnderWayIsNeverForgotten) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_THAT(PullNow(), SizeIs(1));
  EXPECT_EQ(KeysUnder(store::ForgetPrefix()), 0u);
  LetMonthsPass(absl::Hours(24));
  EXPECT_TRUE(IsKnown(1));
}

TEST_F(ForgettingTest, LateSubmissionOfAForgottenIdIsTooOldWhateverTheClockShows) {
  SubmitAndAcknowledge(1, 1);
  LetMonthsPass(kAll);
  ASSERT_FALSE(IsKnown(1));
  clock_.Set(kStart);  // by which nothing is old
  EXPECT_EQ(contract::RejectionOf(SubmitMadeAt(1, kStart)).reason, contract::Reason::kNoticeTooOld);
  StopFor(absl::Seconds(1));
  EXPECT_EQ(contract::RejectionOf(SubmitMadeAt(1, kStart)).reason, contract::Reason::kNoticeTooOld)
      << "the bound is on the disk";
  EXPECT_TRUE(SubmitMadeAt(1, kStart + absl::Hours(1)).ok()) << "a new notice, whose id was used once";
}

TEST_F(ForgettingTest, HoweverManyThereAreNothingElseWaits) {
  constexpr int kOld = 10 * static_cast<int>(Forgetting::kMost);
  SubmitAndAcknowledge(1, kOld);
  StopFor(kAll + absl::Hours(1));
  LetTimePass(Forgetting::kSettle - Forgetting::kInterval);
  EXPECT_EQ(Known(kOld), kOld) << "clocks are set at the start";
  ASSERT_TRUE(SubmitOne(kOld + 1).ok());
  ASSERT_THAT(PullNow(), SizeIs(1));
  LetTimePass(Forgetting::kInterval);
  EXPECT_EQ(Known(kOld), kOld - static_cast<int>(Forgetting::kMost));
  LetTimePass(4 * Forgetting::kInterval);
  EXPECT_EQ(Known(kOld), kOld - 5 * static_cast<int>(Forgetting::kMost)) << "no more than its pace allows";
  LetTimePass(Request().lease - 5 * Forgetting::kInterval + DueWatch::kInterval);
  EXPECT_THAT(PullNow(), SizeIs(1)) << "a lease that runs out does so on time";
  EXPECT_EQ(Known(kOld), 0);
}

TEST_F(ForgettingTest, ClockThatIsAheadForgetsNothing) {
  SubmitAndAcknowledge(1, 1);
  LetTimePass(Forgetting::kSettle);
  clock_.Set(kStart + 2 * kAll);
  LetTimePass(absl::Hours(1));
  EXPECT_TRUE(IsKnown(1));
  clock_.Set(kStart + absl::Hours(2));
  LetMonthsPass(kAll - absl::Hours(2));
  EXPECT_FALSE(IsKnown(1)) << "when its time has come";
}

TEST_F(ForgettingTest, WhatCannotBeReadStaysAndKeepsNoOther) {
  SubmitAndAcknowledge(1, 2);
  const std::string record = **store_.Get(store::RecordKey(Key(1)));
  store_.Damage(store::RecordKey(Key(1)), "x");
  StopFor(kAll);
  LetTimePass(Forgetting::kSettle);
  EXPECT_FALSE(IsKnown(2));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].item, store::ItemKey{.notice = Key(1)});
  store_.Damage(store::RecordKey(Key(1)), record);
  LetTimePass(Forgetting::kLookAgain);
  EXPECT_FALSE(IsKnown(1));
}

TEST_F(ForgettingTest, StoreThatIsBusyIsTriedAgain) {
  SubmitAndAcknowledge(1, 1);
  StopFor(kAll);
  store_.FailNextBatch(/*applied=*/false);
  LetTimePass(Forgetting::kSettle);
  store_.Crash();
  EXPECT_TRUE(IsKnown(1));
  LetTimePass(Forgetting::kInterval);
  EXPECT_FALSE(IsKnown(1));
}

}  // namespace
}  // namespace envej::inbox
