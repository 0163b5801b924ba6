// For how long a notice is remembered, and what is left of it then.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/inbox/transitions.h"
#include "proto/contract/limits.h"
#include "proto/contract/notice_rules.h"
#include "tests/broker/inbox/happenings.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using testing::ElementsAre;
using Kind = Decision::Kind;
using Told = Decision::Told;

Decision DecideAt(absl::Time now, const std::optional<Record>& state, const Happening& happening) {
  return Decide(state, happening, {.now = now});
}

std::optional<Record> Waiting() { return DecideAt(kNow, std::nullopt, MakeSubmit()).next; }

// Returned now, and to be forgotten at kReturnedUntil.
std::optional<Record> Returned() {
  const std::optional<Record> leased =
      DecideAt(kNow, Waiting(), TakeLease{.revision = 1, .token = "1-1", .expires_at = kNow + absl::Seconds(60)}).next;
  return DecideAt(kNow, leased, Return{.revision = 1, .token = "1-1", .reason = ReturnReason::kNotResident}).next;
}
const absl::Time kReturnedUntil = kNow + absl::Hours(9) + kRemembered;

TEST(ForgetTransitionTest, WhatIsForgottenIsJournalledAndNothingElse) {
  const Decision decision = DecideAt(kReturnedUntil, Returned(), Forget{.up_to = kReturnedUntil});
  EXPECT_EQ(decision.kind, Kind::kForgotten);
  EXPECT_EQ(decision.next, std::nullopt);
  EXPECT_THAT(decision.effects.events, ElementsAre(Told{EventType::kForgotten}));
  EXPECT_FALSE(decision.effects.destroy_content) << "it has none";
  const absl::Time before = kReturnedUntil - absl::Microseconds(1);
  EXPECT_EQ(DecideAt(kReturnedUntil, Returned(), Forget{.up_to = before}).kind, Kind::kUnchanged)
      << "whatever a clock shows that is ahead";
}

TEST(ForgetTransitionTest, TimeToBeRememberedCountsFromTheLastThingThatMatters) {
  EXPECT_EQ(Returned()->due_at, kReturnedUntil) << "the discharge is still to come";
  const absl::Time later = kNow + absl::Hours(24 * 100);
  EXPECT_EQ(DecideAt(later, Returned(), AcknowledgeOutcome{}).next->due_at, later + kRemembered);
  const Withdraw withdraw{.revision = 2, .reason = WithdrawalReason::kSentInError, .origin = "", .refusal_if_new = {}};
  EXPECT_EQ(DecideAt(kNow, std::nullopt, withdraw).next->due_at, kNow + kRemembered) << "a tombstone";
  EXPECT_EQ(DecideAt(later, Waiting(), withdraw).next->due_at, later + kRemembered);
}

// As a store has it that was restored: the journal does not hold the day.
TEST(ForgetTransitionTest, WhatWasDeliveredOnADayThatIsLostIsNotForgottenBeforeTheLatestThatItCanHaveBeen) {
  Record record = *Waiting();
  record.state = State::kAcknowledged;
  record.delivered_revision = 1;
  record.delivered_at = record.concluded_at = kNow + absl::Hours(1);
  record.discharge_date.clear();
  record.discharge_day_ends = absl::Time();
  // The last day that the rules take is kDischargeDaysAhead from the day of acceptance, which may just have begun.
  const absl::Time latest = kNow + absl::Hours(24 * (contract::kDischargeDaysAhead + 1));
  EXPECT_EQ(DecideAt(latest + kRemembered, record, Forget{latest + kRemembered}).kind, Kind::kUnchanged)
      << "never early";
  const absl::Time over = latest + kRemembered + absl::Hours(2);
  EXPECT_EQ(DecideAt(over, record, Forget{over}).kind, Kind::kForgotten);

  record.state = State::kWithdrawn;
  record.delivered_revision = 0;
  const absl::Time soon = kNow + absl::Hours(1) + kRemembered;
  EXPECT_EQ(DecideAt(soon, record, Forget{soon}).kind, Kind::kForgotten)
      << "of what the municipality never had it is not to be told";
}

// The seven months of the contract are calendar months.
TEST(ForgetTransitionTest, WhatIsForgottenIsTooOldToBeSentAgain) {
  for (int day = 0; day < 366 * 4; ++day) {
    const absl::Time accepted = kNow + absl::Hours(24 * day);
    const absl::Time created = accepted + contract::kClockSkew;
    ASSERT_TRUE(contract::IsForgotten(created, {.time = accepted + kRemembered, .day = {}})) << accepted;
  }
}

TEST(ForgetTransitionTest, WhatWasMadeBeforeTheNewestForgottenIsNotTakenAsNew) {
  Submit submit = MakeSubmit();
  submit.created_at = kNow;
  const auto decide = [&](const std::optional<Record>& state, absl::Time forgotten_until) {
    return Decide(state, submit, {.now = kNow, .forgotten_until = forgotten_until});
  };
  EXPECT_EQ(decide(std::nullopt, kNow).rejection->reason, Reason::kNoticeTooOld);
  EXPECT_EQ(decide(std::nullopt, kNow - absl::Microseconds(1)).kind, Kind::kChanged);
  EXPECT_EQ(decide(Waiting(), kNow).kind, Kind::kRepeated) << "what is remembered is known";
}

}  // namespace
}  // namespace envej::inbox
