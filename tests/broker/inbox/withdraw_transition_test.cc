#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/inbox/replay.h"
#include "broker/inbox/transition.h"

namespace envej::inbox {
namespace {

using journal::EventType;
using testing::ElementsAre;
using Told = Decision::Told;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr char kToken[] = "1-7";

Circumstances At(absl::Time now) {
  return {.now = now, .thresholds = {}, .id = *contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001")};
}

Submit MakeSubmit(uint32_t revision = 1) {
  Submit submit;
  submit.revision = revision;
  submit.origin = "ward-system";
  submit.discharge_date = "2027-01-15";
  submit.discharge_day_ends = kNow + absl::Hours(9);
  submit.commitments = {{.key_id = "key-1", .value = std::string(32, static_cast<char>('a' + revision))}};
  submit.created_at = kNow;
  return submit;
}
Revise MakeRevise(uint32_t revision = 2) { return {.submit = MakeSubmit(revision)}; }
Withdraw MakeWithdraw(uint32_t revision = 2) {
  return {.revision = revision,
          .reason = WithdrawalReason::kDeceased,
          .origin = "ward-system",
          .refusal_if_new = std::nullopt};
}
TakeLease Take(uint32_t revision = 1) {
  return {.revision = revision, .token = kToken, .expires_at = kNow + absl::Minutes(1)};
}
Acknowledge Ack(uint32_t revision = 1) { return {.revision = revision, .token = kToken}; }
Return GiveBack(uint32_t revision = 1) {
  return {.revision = revision, .token = kToken, .reason = ReturnReason::kNotResident};
}

std::optional<Record> After(const std::vector<Happening>& happenings) {
  std::optional<Record> record;
  for (const Happening& happening : happenings) {
    const Decision decision = Decide(record, happening, At(kNow));
    EXPECT_EQ(decision.kind, Decision::Kind::kChanged);
    record = decision.next;
  }
  return record;
}

void ExpectTold(const std::optional<Record>& state, uint32_t revision = 2) {
  const Decision decision = Decide(state, MakeWithdraw(revision), At(kNow + absl::Hours(1)));
  ASSERT_TRUE(decision.next.has_value());
  EXPECT_EQ(decision.next->state, State::kWaiting);
  EXPECT_EQ(decision.next->kind, ItemKind::kWithdrawal);
  EXPECT_TRUE(decision.effects.store_content);
  EXPECT_THAT(decision.effects.events,
              ElementsAre(Told{EventType::kWithdrawn, static_cast<uint32_t>(WithdrawalReason::kDeceased)}));
}

void ExpectVanished(const std::optional<Record>& state, const Circumstances& circumstances = At(kNow)) {
  const Decision decision = Decide(state, MakeWithdraw(9), circumstances);
  ASSERT_TRUE(decision.next.has_value());
  EXPECT_EQ(decision.next->state, State::kWithdrawn);
  EXPECT_FALSE(decision.effects.store_content);
}

TEST(WithdrawTransitionTest, WhatNobodyWasGivenVanishes) {
  const Decision decision = Decide(After({MakeSubmit()}), MakeWithdraw(), At(kNow));
  EXPECT_TRUE(decision.effects.destroy_content);
  EXPECT_FALSE(decision.effects.store_content);
  EXPECT_EQ(decision.next->state, State::kWithdrawn);
  EXPECT_EQ(decision.next->withdrawal_reason, WithdrawalReason::kDeceased);
  ExpectVanished(std::nullopt);
  ExpectVanished(After({MakeSubmit(), MakeRevise()}));
}

TEST(WithdrawTransitionTest, WhatSomebodyAcknowledgedIsToBeErased) {
  ExpectTold(After({MakeSubmit(), Take(), Ack()}));
  const Decision late = Decide(After({MakeSubmit(), Take(), Ack(), MakeRevise()}), MakeWithdraw(3), At(kNow));
  EXPECT_TRUE(late.effects.destroy_content) << "of the revision that it overtakes";
  EXPECT_TRUE(late.effects.store_content);
}

// Whoever is given it writes it down before it acknowledges, and may never come to that.
TEST(WithdrawTransitionTest, WhatSomebodyWasGivenIsToBeErasedAlsoUnacknowledged) {
  const std::optional<Record> leased = After({MakeSubmit(), Take()});
  ExpectTold(leased);
  EXPECT_TRUE(Decide(leased, MakeWithdraw(), At(kNow)).effects.destroy_content);
  std::optional<Record> parked = leased;
  parked->state = State::kParked;
  ExpectTold(parked);
  const std::optional<Record> expired = Decide(leased, PassTime{}, At(kNow + absl::Minutes(2))).next;
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
  const Record withdrawal = *Decide(late, MakeWithdraw(), At(later)).next;
  EXPECT_EQ(withdrawal.entered_at, later);
  EXPECT_EQ(withdrawal.lease_count, 0u);
  EXPECT_EQ(withdrawal.late, 0);
  EXPECT_EQ(withdrawal.undelivered_told, 0u);
  EXPECT_EQ(withdrawal.due_at, later + contract::Thresholds().not_fetched);
}

TEST(WithdrawTransitionTest, ItIsWithdrawnOnceTheWithdrawalIsAcknowledged) {
  const std::optional<Record> withdrawal = After({MakeSubmit(), Take(), MakeWithdraw()});
  EXPECT_EQ(Decide(withdrawal, Ack(1), At(kNow)).rejection->reason, contract::Reason::kNoticeWithdrawn);
  const Decision erased = Decide(Decide(withdrawal, Take(2), At(kNow)).next, Ack(2), At(kNow));
  EXPECT_EQ(erased.next->state, State::kWithdrawn);
  EXPECT_EQ(Decide(erased.next, MakeWithdraw(), At(kNow)).kind, Decision::Kind::kRepeated);
}

// A lease may be forgotten by a crash, but not that there was one.
TEST(WithdrawTransitionTest, TheFirstLeaseIsSyncedAndThoseAfterItAreNot) {
  const std::optional<Record> waiting = After({MakeSubmit()});
  EXPECT_EQ(Decide(waiting, Take(), At(kNow)).effects.durability, store::Durability::kSynced);
  const std::optional<Record> expired =
      Decide(After({MakeSubmit(), Take()}), PassTime{}, At(kNow + absl::Minutes(2))).next;
  EXPECT_EQ(Decide(expired, Take(), At(kNow)).effects.durability, store::Durability::kUnsynced);
  const std::optional<Record> revision = After({MakeSubmit(), Take(), Ack(), MakeRevise()});
  EXPECT_EQ(Decide(revision, Take(2), At(kNow)).effects.durability, store::Durability::kUnsynced);
  const std::optional<Record> sent_again = After({MakeSubmit(), Take(), GiveBack(), MakeRevise()});
  EXPECT_EQ(Decide(sent_again, Take(2), At(kNow)).effects.durability, store::Durability::kUnsynced);
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
  ExpectTold(Decide(missing, MakeSubmit(), At(kNow)).next);
  std::optional<Record> over = After({MakeSubmit(), MakeWithdraw()});
  const std::optional<Record> before = over;
  OutliveStore(*over);
  EXPECT_EQ(over, before) << "it was not under way";
}

TEST(WithdrawTransitionTest, ARestoredStoreTellsOfWhatItMayHaveForgotten) {
  Circumstances restored = At(kNow);
  restored.unknown_until = kNow;
  ExpectTold(Decide(std::nullopt, MakeSubmit(), restored).next);  // made before it was restored
  const Decision unseen = Decide(std::nullopt, MakeWithdraw(), restored);
  EXPECT_EQ(unseen.next->state, State::kWaiting);
  EXPECT_EQ(unseen.next->kind, ItemKind::kWithdrawal);
  EXPECT_TRUE(unseen.effects.store_content);

  Submit made_later = MakeSubmit();
  made_later.created_at = kNow + absl::Minutes(1);
  ExpectVanished(Decide(std::nullopt, made_later, restored).next);
  restored.now = kNow + kRemembered;
  ExpectVanished(std::nullopt, restored);
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
