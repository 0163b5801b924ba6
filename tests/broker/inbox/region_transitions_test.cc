#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/inbox/transition.h"
#include "broker/inbox/transitions.h"
#include "tests/broker/inbox/happenings.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using testing::ElementsAre;
using Kind = Decision::Kind;
using Told = Decision::Told;

std::optional<Record> Delivered(const std::optional<Happening>& then = std::nullopt) {
  std::vector<Happening> happenings = {MakeSubmit(), Take(), Acknowledge{.revision = 1, .token = kToken}};
  if (then.has_value()) happenings.push_back(*then);
  return After(happenings);
}

std::optional<Record> Missing(std::optional<Record> record) {
  record->state = State::kMissing;
  return record;
}

// Its region was told that it is accepted, so neither today's rules nor its place in the inbox are judged anew.
TEST(RegionTransitionsTest, WhatIsMissingIsAcceptedAnewInItsPlace) {
  Submit again = MakeSubmit();
  again.refusal_if_new = contract::Rejection{.reason = Reason::kAgreementNotInForce, .violations = {}};
  std::optional<Record> missing = Missing(After({MakeSubmit()}));
  missing->entered_at -= absl::Hours(1);
  const Decision decision = DecideNow(missing, again);
  EXPECT_TRUE(decision.effects.store_content);
  EXPECT_THAT(decision.effects.events, ElementsAre(Told{EventType::kAccepted}));
  EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
  EXPECT_EQ(decision.next->entered_at, missing->entered_at);
  EXPECT_EQ(decision.next->newest.accepted_at, kNow);
  EXPECT_EQ(decision.next->newest.position, std::nullopt) << "its receipt is a new one";
  const std::optional<Record> leased = DecideNow(decision.next, Take()).next;
  EXPECT_EQ(DecideNow(leased, Acknowledge{.revision = 1, .token = kToken}).next->state, State::kAcknowledged);
}

TEST(RegionTransitionsTest, WhatComesAgainIsToldOfOnceMoreAsPastItsDay) {
  std::optional<Record> missing = Missing(After({MakeSubmit()}));
  missing->late = BitOf(Late::kNotFetched) | BitOf(Late::kPastDischarge);
  EXPECT_EQ(DecideNow(missing, MakeSubmit()).next->late, BitOf(Late::kNotFetched)) << "the day told may be another's";
}

TEST(RegionTransitionsTest, AMissingRevisionOrWithdrawalIsAnItemAsBefore) {
  const Decision revision = DecideNow(Missing(Delivered(MakeRevise())), MakeRevise());
  EXPECT_TRUE(revision.effects.store_content);
  EXPECT_EQ(revision.next->kind, ItemKind::kRevision);
  const Decision withdrawal = DecideNow(Missing(Delivered(MakeWithdraw())), MakeWithdraw());
  EXPECT_TRUE(withdrawal.effects.store_content);
  EXPECT_EQ(withdrawal.next->kind, ItemKind::kWithdrawal);
  EXPECT_THAT(withdrawal.effects.events,
              ElementsAre(Told{EventType::kWithdrawn, static_cast<uint32_t>(WithdrawalReason::kConsentWithdrawn)}));
}

// The reserve is for what ends notices: a region keeps what it has, and sends it again.
TEST(RegionTransitionsTest, WithoutRoomNoContentIsTakenInAndAllElseGoesOn) {
  const contract::Rejection full{.reason = Reason::kStorageNearlyFull, .violations = {}};
  Submit submit = MakeSubmit();
  submit.refusal_if_kept = full;
  Revise revise = MakeRevise();
  revise.submit.refusal_if_kept = full;
  const std::optional<Record> waiting = After({MakeSubmit()});
  const std::vector<std::pair<std::optional<Record>, Happening>> refused = {
      {std::nullopt, submit},     {waiting, revise},          {Delivered(), revise},
      {Missing(waiting), submit}, {Missing(waiting), revise}, {Missing(Delivered(MakeRevise())), revise}};
  for (const auto& [state, happening] : refused) {
    const Decision decision = DecideNow(state, happening);
    ASSERT_EQ(decision.kind, Kind::kRejected);
    EXPECT_EQ(decision.rejection->reason, Reason::kStorageNearlyFull);
  }
  EXPECT_EQ(DecideNow(waiting, submit).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(Delivered(MakeRevise()), revise).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(Missing(waiting), MakeWithdraw()).next->state, State::kWithdrawn);
  EXPECT_EQ(DecideNow(Missing(Delivered(MakeWithdraw())), MakeWithdraw()).kind, Kind::kChanged);
  submit.refusal_if_new = contract::Rejection{.reason = Reason::kAgreementNotInForce, .violations = {}};
  EXPECT_EQ(DecideNow(std::nullopt, submit).rejection->reason, Reason::kAgreementNotInForce);
}

TEST(RegionTransitionsTest, WhatIsReturnedAndRevisedWaitsAgain) {
  const Return refusal{.revision = 1, .token = kToken, .reason = ReturnReason::kNotResident};
  const Decision decision = DecideNow(After({MakeSubmit(), Take(), refusal}), MakeRevise());
  EXPECT_EQ(decision.next->state, State::kWaiting);
  EXPECT_EQ(decision.next->return_reason, ReturnReason::kNone);
  EXPECT_EQ(decision.next->entered_at, kNow);
}

TEST(RegionTransitionsTest, OutcomeOfTheUndeliveredDestroysItsContent) {
  std::optional<Record> late = After({MakeSubmit()});
  late->undelivered_told = 1;
  late->undelivered_told_at = kNow;
  const Decision decision = DecideNow(late, AcknowledgeOutcome{});
  EXPECT_TRUE(decision.effects.destroy_content);
  EXPECT_EQ(DecideNow(decision.next, AcknowledgeOutcome{}).kind, Kind::kRepeated);
  const Return refusal{.revision = 1, .token = kToken, .reason = ReturnReason::kNotResident};
  EXPECT_FALSE(DecideNow(After({MakeSubmit(), Take(), refusal}), AcknowledgeOutcome{}).effects.destroy_content)
      << "it has none";
}

}  // namespace
}  // namespace envej::inbox
