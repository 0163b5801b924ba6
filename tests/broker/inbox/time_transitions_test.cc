// What happens to a notice when nobody does anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "broker/inbox/transition.h"

namespace envej::inbox {
namespace {

using journal::EventType;
using testing::ElementsAre;
using testing::IsEmpty;
using Told = Decision::Told;

const absl::Time kWaitingFrom = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kDay = absl::Hours(24);

Told Overdue(Late late) { return {EventType::kOverdue, static_cast<uint32_t>(late)}; }

// A notice, and time that passes in steps to whatever is next due.
class TimeTransitionsTest : public testing::Test {
 protected:
  TimeTransitionsTest() {
    Submit submit;
    submit.discharge_date = "2027-01-15";
    submit.discharge_day_ends = kWaitingFrom + absl::Hours(10);
    submit.commitments = {{.key_id = "key", .value = std::string(32, 'a')}};
    Do(submit);
  }

  Decision Do(const Happening& happening) {
    Decision decision = Decide(record_, happening, {.now = now_, .thresholds = thresholds_, .id = id_});
    if (decision.next.has_value()) record_ = decision.next;
    return decision;
  }

  void Lease(absl::Duration duration = absl::Seconds(60)) {
    ASSERT_TRUE(Do(TakeLease{.revision = 1, .token = "1-1", .expires_at = now_ + duration}).next.has_value());
  }

  // Goes to when something is next due, and tells what happens then. Nothing happens before.
  std::vector<Told> PassUntilDue() {
    const absl::Time due = record_->due_at;
    EXPECT_GT(due, now_);
    now_ = due - absl::Microseconds(1);
    EXPECT_EQ(Do(PassTime{}).kind, Decision::Kind::kUnchanged);
    now_ = due;
    const Decision decision = Do(PassTime{});
    EXPECT_EQ(decision.kind, Decision::Kind::kChanged) << "what is due must be done, or it is due for ever";
    return decision.effects.events;
  }

  absl::Time now_ = kWaitingFrom;
  contract::Thresholds thresholds_;
  contract::NoticeId id_ = *contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001");
  std::optional<Record> record_;
};

TEST_F(TimeTransitionsTest, WhatNobodyTakesIsToldOfStepByStepAndDestroyedAtTheEnd) {
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kNotFetched)));
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(4));
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kNotAcknowledged)));
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(24));
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kPastDischarge)));
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(34));
  for (uint32_t told = 1; told <= 16; ++told) {
    EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kUndelivered, told}));
    EXPECT_EQ(now_, kWaitingFrom + (13 + told) * kDay);
    EXPECT_EQ(record_->state, State::kWaiting) << "it can still be delivered";
  }
  now_ = record_->due_at;
  const Decision end = Do(PassTime{});
  EXPECT_THAT(end.effects.events, ElementsAre(Told{EventType::kDestroyed}));
  EXPECT_TRUE(end.effects.destroy_content);
  EXPECT_EQ(end.effects.durability, store::Durability::kSynced);
  EXPECT_EQ(now_, kWaitingFrom + 30 * kDay);
  EXPECT_EQ(record_->state, State::kUndelivered);
}

TEST_F(TimeTransitionsTest, LeaseEndsAtItsExpiryAndNotBefore) {
  Lease(absl::Seconds(60));
  const std::optional<Record> leased = record_;
  const Acknowledge acknowledge{.revision = 1, .token = "1-1"};
  now_ = kWaitingFrom + absl::Seconds(60) - absl::Microseconds(1);
  EXPECT_EQ(Do(acknowledge).kind, Decision::Kind::kChanged);
  record_ = leased;
  now_ = kWaitingFrom + absl::Seconds(60);
  EXPECT_EQ(Do(acknowledge).rejection->reason, contract::Reason::kLeaseExpired);
  EXPECT_EQ(Do(PassTime{}).next->state, State::kWaiting);
}

TEST_F(TimeTransitionsTest, ExtensionNeverShortensALease) {
  Lease(absl::Seconds(60));
  const ExtendLease shorter{.revision = 1, .token = "1-1", .expires_at = kWaitingFrom + absl::Seconds(5)};
  EXPECT_EQ(Do(shorter).kind, Decision::Kind::kRepeated);
}

TEST_F(TimeTransitionsTest, WhatWasFetchedIsNotToldOfAsNotFetched) {
  Lease();
  PassUntilDue();
  EXPECT_EQ(record_->state, State::kWaiting);
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kNotAcknowledged)));
}

TEST_F(TimeTransitionsTest, WhatIsHeldForEverIsToldOfAllTheSame) {
  Lease(kDay * 40);
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kNotAcknowledged)));
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kPastDischarge)));
  for (int told = 0; told < 26; ++told) EXPECT_THAT(PassUntilDue(), testing::SizeIs(1));
  EXPECT_EQ(record_->state, State::kLeased) << "what somebody has a claim on is not destroyed";
  EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kLeaseExpired}, Told{EventType::kDestroyed}));
}

TEST_F(TimeTransitionsTest, ClockThatJumpsTellsEverythingOnce) {
  now_ = kWaitingFrom + 20 * kDay;
  EXPECT_THAT(Do(PassTime{}).effects.events,
              ElementsAre(Overdue(Late::kNotFetched), Overdue(Late::kNotAcknowledged), Overdue(Late::kPastDischarge),
                          Told{EventType::kUndelivered, 1}));
  EXPECT_EQ(Do(PassTime{}).kind, Decision::Kind::kUnchanged);
  now_ = kWaitingFrom;  // and back
  EXPECT_EQ(Do(PassTime{}).kind, Decision::Kind::kUnchanged);
  Lease();
  EXPECT_EQ(Do(Acknowledge{.revision = 1, .token = "1-1"}).kind, Decision::Kind::kChanged);
}

TEST_F(TimeTransitionsTest, ClockThatJumpsDestroysNothing) {
  now_ = kWaitingFrom + 1000 * kDay;
  Do(PassTime{});
  for (uint32_t told = 2; told <= 16; ++told)
    EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kUndelivered, told}));
  EXPECT_EQ(now_, kWaitingFrom + 1015 * kDay) << "its region has had as many days as else";
  EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kDestroyed}));
}

TEST_F(TimeTransitionsTest, LateDischargeIsNotLateAtOnce) {
  Submit submit;
  submit.discharge_date = "2026-12-20";
  submit.discharge_day_ends = kWaitingFrom - 20 * kDay;
  submit.commitments = {{.key_id = "key", .value = std::string(32, 'a')}};
  record_.reset();
  Do(submit);
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kNotFetched), Overdue(Late::kPastDischarge)));
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(4));
}

TEST_F(TimeTransitionsTest, AnotherDayOfDischargeCanBeLateAgain) {
  now_ = kWaitingFrom + 3 * kDay;
  Do(PassTime{});
  Revise revise;
  revise.submit.revision = 2;
  revise.submit.discharge_date = "2027-02-15";
  revise.submit.discharge_day_ends = kWaitingFrom + 6 * kDay;
  revise.submit.commitments = {{.key_id = "key", .value = std::string(32, 'b')}};
  Do(revise);
  EXPECT_THAT(PassUntilDue(), ElementsAre(Overdue(Late::kPastDischarge)));
  EXPECT_EQ(now_, kWaitingFrom + 7 * kDay);
}

TEST_F(TimeTransitionsTest, AgreementsOwnThresholdsCount) {
  thresholds_ = {.not_fetched = absl::Hours(1), .not_acknowledged = absl::Hours(2)};
  record_.reset();
  Submit submit;
  submit.discharge_day_ends = kWaitingFrom + kDay;
  submit.commitments = {{.key_id = "key", .value = std::string(32, 'a')}};
  Do(submit);
  PassUntilDue();
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(1));
  PassUntilDue();
  EXPECT_EQ(now_, kWaitingFrom + absl::Hours(2));
}

// Where every lease runs out: at once the first time, then after longer and longer, and parked at the end.
TEST_F(TimeTransitionsTest, WhatFailsIsHeldBackForLongerAndLongerUntilItIsParked) {
  thresholds_ = {.not_fetched = 999 * kDay, .not_acknowledged = 999 * kDay, .past_discharge = 999 * kDay};
  Lease();
  PassUntilDue();
  EXPECT_FALSE(record_->held_until.has_value()) << "a consumer that dies is nothing to wait for";
  absl::Duration longest = kHoldLeast;
  for (uint32_t failures = 2; failures < kFailuresMost; ++failures, longest = std::min(2 * longest, kHoldMost)) {
    Lease();
    EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kLeaseExpired}));
    ASSERT_TRUE(record_->held_until.has_value()) << failures;
    EXPECT_GE(*record_->held_until - now_, longest / 2) << failures;
    EXPECT_LE(*record_->held_until - now_, longest) << failures;
    EXPECT_EQ(Do(TakeLease{.revision = 1, .token = "1-2", .expires_at = now_ + kDay}).kind, Decision::Kind::kUnchanged);
    EXPECT_THAT(PassUntilDue(), IsEmpty());
    EXPECT_FALSE(record_->held_until.has_value());
  }
  Lease();
  EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kLeaseExpired}, Told{EventType::kParked}));
  EXPECT_EQ(record_->state, State::kParked);
  EXPECT_EQ(record_->failure_count, kFailuresMost);
  EXPECT_EQ(record_->lease_count, kFailuresMost);
  EXPECT_THAT(Do(Redrive{}).effects.events, ElementsAre(Told{EventType::kRedriven}));
  EXPECT_EQ(record_->state, State::kWaiting);
  EXPECT_EQ(record_->failure_count, 0u) << "it has all its tries again";
}

TEST_F(TimeTransitionsTest, ParkedIsToldOfAndDestroyedLikeWhatWaits) {
  record_->state = State::kParked;
  for (int events = 0; events < 19; ++events) EXPECT_THAT(PassUntilDue(), testing::SizeIs(1));
  EXPECT_EQ(record_->state, State::kParked);
  EXPECT_THAT(PassUntilDue(), ElementsAre(Told{EventType::kDestroyed}));
  EXPECT_EQ(now_, kWaitingFrom + 30 * kDay);
}

TEST_F(TimeTransitionsTest, WhatFailsTogetherIsHeldBackForDifferentTimes) {
  std::set<absl::Duration> holds;
  for (int number = 0; number < 200; ++number) {
    id_ = *contract::NoticeId::Parse(absl::StrFormat("0000%02x00-0000-4000-8000-000000000001", number));
    record_->failure_count = 1;
    record_->state = State::kLeased;
    record_->lease_expires_at = now_;
    holds.insert(*Do(PassTime{}).next->held_until - now_);
    record_->held_until.reset();
  }
  EXPECT_GT(holds.size(), 100u);
}

}  // namespace
}  // namespace envej::inbox
