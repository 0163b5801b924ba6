// What operators may do to a notice: the table's cells stand in transition_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
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
  const Decision decision = DecideNow(proposed, kByBo);
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
  EXPECT_EQ(DecideNow(held, kByBo).next->held_until, std::nullopt);
  held->state = State::kMissing;
  EXPECT_EQ(DecideNow(held, kByBo).next->state, State::kReturned);
}

TEST(OperationsTransitionsTest, ProposalStandsForADay) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna});
  const absl::Time at = proposed->return_proposal->proposed_at;
  const absl::Time over = at + kReturnProposalStands;
  EXPECT_TRUE(StandingProposal(*proposed, over - absl::Microseconds(1)).has_value());
  EXPECT_FALSE(StandingProposal(*proposed, over).has_value());
  EXPECT_EQ(DecideNow(proposed, kByAnna, over - absl::Microseconds(1)).kind, Kind::kRepeated);
  EXPECT_EQ(DecideNow(proposed, kByBo, over - absl::Microseconds(1)).next->state, State::kReturned);
  for (const auto& [happening, who] : {std::pair(kByAnna, kAnna), std::pair(kByBo, kBo)}) {
    const Decision anew = DecideNow(proposed, happening, over);
    ASSERT_EQ(anew.kind, Kind::kChanged);
    EXPECT_EQ(anew.next->state, State::kWaiting);
    EXPECT_EQ(anew.next->return_proposal, (ReturnProposal{.operator_uri = who, .proposed_at = over}));
  }
}

// Whoever proposed it meant another item, or one that was still to be delivered.
TEST(OperationsTransitionsTest, ProposalIsVoidOnceTheItemIsAnotherOrConcluded) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna, Take()});
  std::optional<Record> missing = proposed;
  missing->state = State::kMissing;
  std::optional<Record> told = proposed;
  told->undelivered_told = 16;
  told->undelivered_told_at = kNow - absl::Hours(24 * 2);
  std::optional<Record> old = told;
  old->state = State::kWaiting;
  old->entered_at = kNow - absl::Hours(24 * 31);
  const std::vector<std::pair<std::optional<Record>, Happening>> ends = {
      {proposed, MakeRevise()}, {proposed, MakeWithdraw()},   {proposed, Ack()}, {proposed, GiveBack()},
      {missing, MakeSubmit()},  {told, AcknowledgeOutcome{}}, {old, PassTime{}}};
  for (size_t index = 0; index < ends.size(); ++index) {
    const Decision decision = DecideNow(ends[index].first, ends[index].second);
    ASSERT_EQ(decision.kind, Kind::kChanged) << index;
    EXPECT_EQ(decision.next->return_proposal, std::nullopt) << index;
  }
}

TEST(OperationsTransitionsTest, ProposalStandsWhateverElseBecomesOfTheItem) {
  const std::optional<Record> proposed = After({MakeSubmit(), kByAnna});
  const std::optional<Record> leased = DecideNow(proposed, Take()).next;
  EXPECT_EQ(leased->return_proposal, proposed->return_proposal);
  const std::optional<Record> over = DecideNow(leased, PassTime{}, kNow + absl::Hours(5)).next;
  EXPECT_EQ(over->state, State::kWaiting);
  EXPECT_EQ(over->return_proposal, proposed->return_proposal);
}

TEST(OperationsTransitionsTest, MunicipalityCannotGiveTheReasonOfOperations) {
  const Happening refusal = GiveBack(1, kToken, ReturnReason::kNotDeliverable);
  EXPECT_EQ(DecideNow(After({MakeSubmit(), Take()}), refusal).rejection->reason, Reason::kReturnReasonMissing);
  EXPECT_EQ(DecideNow(After({MakeSubmit(), Take(), kByAnna, kByBo}), refusal).rejection->reason,
            Reason::kReturnReasonMissing);
}

}  // namespace
}  // namespace envej::inbox
