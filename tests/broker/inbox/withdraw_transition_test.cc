#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/inbox/replay.h"
#include "broker/inbox/transition.h"
#include "tests/broker/inbox/happenings.h"

namespace envej::inbox {
namespace {

using journal::EventType;
using testing::ElementsAre;
using Told = Decision::Told;

void ExpectTold(const std::optional<Record>& state, uint32_t revision = 2) {
  const Decision decision = DecideNow(state, MakeWithdraw(revision), kNow + absl::Hours(1));
  ASSERT_TRUE(decision.next.has_value());
  EXPECT_EQ(decision.next->state, State::kWaiting);
  EXPECT_EQ(decision.next->kind, ItemKind::kWithdrawal);
  EXPECT_TRUE(decision.effects.store_content);
  EXPECT_THAT(decision.effects.events,
              ElementsAre(Told{EventType::kWithdrawn, static_cast<uint32_t>(WithdrawalReason::kConsentWithdrawn)}));
}

void ExpectVanished(const std::optional<Record>& state, absl::Time unknown_until = absl::InfinitePast(),
                    absl::Time now = kNow) {
  const Decision decision = Decide(state, MakeWithdraw(9), {.now = now, .id = kId, .unknown_until = unknown_until});
  ASSERT_TRUE(decision.next.has_value());
  EXPECT_EQ(decision.next->state, State::kWithdrawn);
  EXPECT_FALSE(decision.effects.store_content);
}

TEST(WithdrawTransitionTest, WhatNobodyWasGivenVanishes) {
  const Decision decision = DecideNow(After({MakeSubmit()}), MakeWithdraw());
  EXPECT_TRUE(decision.effects.destroy_content);
  EXPECT_FALSE(decision.effects.store_content);
  EXPECT_EQ(decision.next->state, State::kWithdrawn);
  EXPECT_EQ(decision.next->withdrawal_reason, WithdrawalReason::kConsentWithdrawn);
  ExpectVanished(std::nullopt);
  ExpectVanished(After({MakeSubmit(), MakeRevise()}));
}

TEST(WithdrawTransitionTest, WhatSomebodyAcknowledgedIsToBeErased) {
  ExpectTold(After({MakeSubmit(), Take(), Ack()}));
  const Decision late = DecideNow(After({MakeSubmit(), Take(), Ack(), MakeRevise()}), MakeWithdraw(3));
  EXPECT_TRUE(late.effects.destroy_content) << "of the revision that it overtakes";
  EXPECT_TRUE(late.effects.store_content);
}

// Whoever is given it writes it down before it acknowledges, and may never come to that.
TEST(WithdrawTransitionTest, WhatSomebodyWasGivenIsToBeErasedAlsoUnacknowledged) {
  const std::optional<Record> leased = After({MakeSubmit(), Take()});
  ExpectTold(leased);
  EXPECT_TRUE(DecideNow(leased, MakeWithdraw()).effects.destroy_content);
  std::optional<Record> parked = leased;
  parked->state = State::kParked;
  ExpectTold(parked);
  const std::optional<Record> expired = DecideNow(leased, PassTime{}, kNow + absl::Minutes(2)).next;
  EXPECT_EQ(expired->state, State::kWaiting);
  ExpectTold(expired);
  ExpectTold(After({MakeSubmit(), Take(), MakeRevise()}), 3);
  std::optional<Record> undelivered = leased;
  undelivered->state = State::kUndelivered;
  ExpectTold(undelivered);
}

// One of its consumers returned it; another may have been given it before.
TEST(WithdrawTransitionTest, WhatWasReturnedIsToBeErasedAlsoOnceItIsRevised) {
  ExpectTold(After({MakeSubmit(), Take(), GiveBack()}));
  const std::optional<Record> revised = After({MakeSubmit(), Take(), GiveBack(), MakeRevise()});
  EXPECT_EQ(revised->lease_count, 0u) << "the revision is an item of its own";
  ExpectTold(revised, 3);
}

TEST(WithdrawTransitionTest, AWithdrawalHasAllItsTimeBeforeIt) {
  std::optional<Record> late = After({MakeSubmit(), Take()});
  late->late = BitOf(Late::kNotAcknowledged);
  late->undelivered_told = 15;
  const absl::Time later = kNow + absl::Hours(24 * 29);
  const Record withdrawal = *DecideNow(late, MakeWithdraw(), later).next;
  EXPECT_EQ(withdrawal.entered_at, later);
  EXPECT_EQ(withdrawal.lease_count, 0u);
  EXPECT_EQ(withdrawal.late, 0);
  EXPECT_EQ(withdrawal.undelivered_told, 0u);
  EXPECT_EQ(withdrawal.due_at, later + contract::Thresholds().not_fetched);
}

TEST(WithdrawTransitionTest, ItIsWithdrawnOnceTheWithdrawalIsAcknowledged) {
  const std::optional<Record> withdrawal = After({MakeSubmit(), Take(), MakeWithdraw()});
  EXPECT_EQ(DecideNow(withdrawal, Ack(1)).rejection->reason, contract::Reason::kNoticeWithdrawn);
  const Decision erased = DecideNow(DecideNow(withdrawal, Take(kToken, 2)).next, Ack(2));
  EXPECT_EQ(erased.next->state, State::kWithdrawn);
  EXPECT_EQ(DecideNow(erased.next, MakeWithdraw()).kind, Decision::Kind::kRepeated);
}

// A lease may be forgotten by a crash, but not that there was one.
TEST(WithdrawTransitionTest, TheFirstLeaseIsSyncedAndThoseAfterItAreNot) {
  const std::optional<Record> waiting = After({MakeSubmit()});
  EXPECT_EQ(DecideNow(waiting, Take()).effects.durability, store::Durability::kSynced);
  const std::optional<Record> expired =
      DecideNow(After({MakeSubmit(), Take()}), PassTime{}, kNow + absl::Minutes(2)).next;
  EXPECT_EQ(DecideNow(expired, Take()).effects.durability, store::Durability::kUnsynced);
  const std::optional<Record> revision = After({MakeSubmit(), Take(), Ack(), MakeRevise()});
  EXPECT_EQ(DecideNow(revision, Take(kToken, 2)).effects.durability, store::Durability::kUnsynced);
  const std::optional<Record> sent_again = After({MakeSubmit(), Take(), GiveBack(), MakeRevise()});
  EXPECT_EQ(DecideNow(sent_again, Take(kToken, 2)).effects.durability, store::Durability::kUnsynced);
}

// What was leased in the last moments of a lost store stands in no journal.
TEST(WithdrawTransitionTest, WhatOutlivedItsStoreMayHaveBeenGivenToSomebody) {
  std::optional<Record> waiting = After({MakeSubmit()});
  OutliveStore(*waiting);
  ExpectTold(waiting);
  std::optional<Record> missing = After({MakeSubmit()});
  missing->state = State::kMissing;
  OutliveStore(*missing);
  EXPECT_EQ(missing->state, State::kMissing);
  ExpectTold(DecideNow(missing, MakeSubmit()).next);
  std::optional<Record> over = After({MakeSubmit(), MakeWithdraw()});
  const std::optional<Record> before = over;
  OutliveStore(*over);
  EXPECT_EQ(over, before) << "it was not under way";
}

TEST(WithdrawTransitionTest, ARestoredStoreTellsOfWhatItMayHaveForgotten) {
  const Circumstances restored{.now = kNow, .id = kId, .unknown_until = kNow};
  Submit made_before = MakeSubmit();
  made_before.created_at = kNow;
  ExpectTold(Decide(std::nullopt, made_before, restored).next);
  const Decision unseen = Decide(std::nullopt, MakeWithdraw(), restored);
  EXPECT_EQ(unseen.next->state, State::kWaiting);
  EXPECT_EQ(unseen.next->kind, ItemKind::kWithdrawal);
  EXPECT_TRUE(unseen.effects.store_content);

  Submit made_later = MakeSubmit();
  made_later.created_at = kNow + absl::Minutes(1);
  ExpectVanished(Decide(std::nullopt, made_later, restored).next);
  ExpectVanished(std::nullopt, kNow, kNow + kRemembered);
}

TEST(WithdrawTransitionTest, ARecordKeepsThatItWasLeasedBefore) {
  Record record = *After({MakeSubmit(), Take(), GiveBack(), MakeRevise()});
  record.newest.position =
      record.first->position = {.store_incarnation = std::string(16, 'i'), .broker = "b", .batch = 1, .event_index = 0};
  record.late = BitOf(Late::kPastDischarge);
  const absl::StatusOr<Record> read = DecodeRecord(EncodeRecord(record));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, record);
  EXPECT_TRUE(read->leased_before);
}

}  // namespace
}  // namespace envej::inbox
