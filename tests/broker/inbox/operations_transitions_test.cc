// What operators may do to a notice: the table's cells stand in transition_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/broker/inbox/happenings.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using testing::ElementsAre;
using Kind = Decision::Kind;
using Told = Decision::Told;

const Happening kByAnna = ReturnByOperations{.operator_uri = kAnna};
const Happening kByBo = ReturnByOperations{.operator_uri = kBo};

// What stands is confirmed.
Happening Confirm(const std::optional<Record>& record, const std::string& operator_uri) {
  return ReturnByOperations{.operator_uri = operator_uri,
                            .confirmed_proposal_id = ProposalId(*record->return_proposal)};
}

TEST(OperationsTransitionsTest, FirstOperatorOnlyProposes) {
  const std::optional<Record> leased = After({MakeSubmit(), Take()});
  const Decision decision = DecideNow(leased, kByAnna);
  EXPECT_THAT(decision.effects.events, ElementsAre(Told{EventType::kReturnProposed}));
  EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
  EXPECT_FALSE(decision.effects.destroy_content);
  Record expected = *leased;
  expected.return_proposal = {.operator_uri = kAnna, .proposed_at = kNow};
  EXPECT_EQ(decision.next, expected) << "nothing else becomes of it";
}

TEST(OperationsTransitionsTest, AnotherOperatorReturnsItAndItsContentIsDestroyed) {
  const std::optional<Record> proposed = After({MakeSubmit(), Take(), kByAnna});
  const Decision decision = DecideNow(proposed, Confirm(proposed, kBo));
  EXPECT_THAT(decision.effects.events,
              ElementsAre(Told{EventType::kReturned, static_cast<uint32_t>(ReturnReason::kNotDeliverable)}));
  EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
  EXPECT_TRUE(decision.effects.destroy_content);
  EXPECT_EQ(decision.next->state, State::kReturned);
  EXPECT_EQ(decision.next->return_reason, ReturnReason::kNotDeliverable);
  EXPECT_EQ(decision.next->concluded_at, kNow);
  EXPECT_EQ(decision.next->return_proposal, std::nullopt);
  EXPECT_EQ(DecideNow(decision.next, Ack()).rejection->reason, Reason::kNoticeAlreadyReturned) << "the lease is void";
  EXPECT_EQ(DecideNow(decision.next, AcknowledgeOutcome{}).kind, Kind::kChanged) << "a return like any other";
  EXPECT_EQ(DecideNow(decision.next, MakeRevise()).next->return_reason, ReturnReason::kNone);
}

TEST(OperationsTransitionsTest, WhatIsHeldBackOrMissingIsReturnedToo) {
  std::optional<Record> held = After({MakeSubmit(), Take(), kByAnna});
  held->state = State::kWaiting;
  held->held_until = kNow + absl::Minutes(5);
  EXPECT_EQ(DecideNow(held, Confirm(held, kBo)).next->held_until, std::nullopt);
  held->state = State::kMissing;
  EXPECT_EQ(DecideNow(held, Confirm(held, kBo)).next->state, State::kReturned);
}

// Whoever only proposes carries nothing out: what the other one saw may not be what this one has seen.
TEST(OperationsTransitionsTest, OnlyWhatIsConfirmedByAnotherOneIsCarriedOut) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna});
  EXPECT_EQ(DecideNow(proposed, kByAnna).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(proposed, kByBo).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(proposed, Confirm(proposed, kAnna)).rejection->reason, Reason::kReturnProposerIsCaller);
  const std::optional<Record> anew = DecideNow(After({MakeSubmit(), kByAnna, Take()}), kByAnna).next;
  ASSERT_NE(anew->return_proposal, proposed->return_proposal);
  EXPECT_EQ(DecideNow(anew, Confirm(proposed, kBo)).rejection->reason, Reason::kReturnProposalOver);
  EXPECT_EQ(DecideNow(After({MakeSubmit()}), Confirm(proposed, kBo)).rejection->reason, Reason::kReturnProposalOver);
  EXPECT_EQ(DecideNow(anew, Confirm(anew, kBo)).next->state, State::kReturned);
}

TEST(OperationsTransitionsTest, ProposalStandsForADay) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna});
  const absl::Time at = proposed->return_proposal->proposed_at;
  const absl::Time over = at + kReturnProposalStands;
  EXPECT_TRUE(StandingProposal(*proposed, over - absl::Microseconds(1)).has_value());
  EXPECT_FALSE(StandingProposal(*proposed, over).has_value());
  EXPECT_EQ(DecideNow(proposed, kByAnna, over - absl::Microseconds(1)).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(proposed, Confirm(proposed, kBo), over - absl::Microseconds(1)).next->state, State::kReturned);
  EXPECT_EQ(DecideNow(proposed, Confirm(proposed, kBo), over).rejection->reason, Reason::kReturnProposalOver);
  for (const auto& [happening, who] : {std::pair(kByAnna, kAnna), std::pair(kByBo, kBo)}) {
    const Decision anew = DecideNow(proposed, happening, over);
    ASSERT_EQ(anew.kind, Kind::kChanged);
    EXPECT_EQ(anew.next->state, State::kWaiting);
    EXPECT_EQ(anew.next->return_proposal, (ReturnProposal{.operator_uri = who, .proposed_at = over}));
  }
}

// Whoever proposed it has not seen what has become of it.
TEST(OperationsTransitionsTest, ProposalIsVoidOnceAnythingBecomesOfTheItem) {
  const std::optional<Record> proposed = DecideNow(After({MakeSubmit(), Take()}), kByAnna).next;
  std::optional<Record> failing = proposed;
  failing->failure_count = kFailuresMost - 1;
  std::optional<Record> parked = proposed;
  parked->state = State::kParked;
  std::optional<Record> held = proposed;
  held->state = State::kWaiting;
  held->held_until = kNow + absl::Minutes(5);
  const std::optional<Record> waiting = After({MakeSubmit(), kByAnna});
  ASSERT_TRUE(waiting->return_proposal.has_value());
  std::optional<Record> missing = proposed;
  missing->state = State::kMissing;
  std::optional<Record> told = proposed;
  told->undelivered_told = 16;
  told->undelivered_told_at = kNow - absl::Hours(24 * 2);
  std::optional<Record> old = told;
  old->state = State::kWaiting;
  old->entered_at = kNow - absl::Hours(24 * 31);
  const std::vector<std::pair<std::optional<Record>, Happening>> ends = {
      {proposed, MakeRevise()}, {proposed, MakeWithdraw()}, {proposed, Ack()},
      {proposed, GiveBack()},   {missing, MakeSubmit()},    {told, AcknowledgeOutcome{}},
      {old, PassTime{}},        {waiting, Take()},          {parked, Redrive{}},
      {held, Redrive{}}};
  for (size_t index = 0; index < ends.size(); ++index) {
    const Decision decision = DecideNow(ends[index].first, ends[index].second);
    ASSERT_EQ(decision.kind, Kind::kChanged) << index;
    EXPECT_EQ(decision.next->return_proposal, std::nullopt) << index;
  }
  for (const std::optional<Record>& leased : {proposed, failing}) {
    const Decision over = DecideNow(leased, PassTime{}, kNow + absl::Minutes(5));
    EXPECT_EQ(over.next->return_proposal, std::nullopt) << "its lease ran out";
  }
}

// As what cannot be delivered always is.
TEST(OperationsTransitionsTest, ProposalStandsWhenTheItemIsToldAsLateOrHeldBackNoMore) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna});
  const Decision late = DecideNow(proposed, PassTime{}, kNow + absl::Hours(5));
  EXPECT_THAT(late.effects.events, ElementsAre(Told{EventType::kOverdue, static_cast<uint32_t>(Late::kNotFetched)}));
  EXPECT_EQ(late.next->return_proposal, proposed->return_proposal);
  std::optional<Record> old = late.next;
  old->late = BitOf(Late::kNotFetched) | BitOf(Late::kNotAcknowledged) | BitOf(Late::kPastDischarge);
  old->entered_at = kNow - absl::Hours(24 * 14);
  const Decision undelivered = DecideNow(old, PassTime{});
  EXPECT_THAT(undelivered.effects.events, ElementsAre(Told{EventType::kUndelivered, 1}));
  EXPECT_EQ(undelivered.next->return_proposal, proposed->return_proposal);
  std::optional<Record> held = proposed;
  held->held_until = kNow;
  EXPECT_EQ(DecideNow(held, PassTime{}).next->return_proposal, proposed->return_proposal);
}

TEST(OperationsTransitionsTest, MunicipalityCannotGiveTheReasonOfOperations) {
  const Happening refusal = GiveBack(1, kToken, ReturnReason::kNotDeliverable);
  EXPECT_EQ(DecideNow(After({MakeSubmit(), Take()}), refusal).rejection->reason, Reason::kReturnReasonMissing);
  const std::optional<Record> proposed = After({MakeSubmit(), Take(), kByAnna});
  const std::optional<Record> returned = DecideNow(proposed, Confirm(proposed, kBo)).next;
  EXPECT_EQ(DecideNow(returned, refusal).rejection->reason, Reason::kReturnReasonMissing);
}

}  // namespace
}  // namespace envej::inbox
