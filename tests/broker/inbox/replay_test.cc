#include "broker/inbox/replay.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/inbox/transition.h"

namespace envej::inbox {
namespace {

using journal::Event;
using journal::EventType;

const absl::Time kReplayedFrom = absl::FromUnixSeconds(1'800'000'000);
const contract::NoticeId kId = *contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001");
const store::NoticeKey kNotice{.municipality_code = "0101", .region_code = "1084", .id = kId};

contract::ContentCommitment CommitmentOf(uint32_t revision) {
  return {.key_id = "key-1", .value = std::string(32, static_cast<char>('a' + revision))};
}

contract::JournalPosition PositionOf(uint64_t batch) {
  return {.store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = batch, .event_index = 0};
}

Event EventOf(EventType type) {
  Event event;
  event.type = type;
  event.item = {.notice = kNotice, .revision = 1};
  event.at = kReplayedFrom;
  return event;
}

// One notice, to which things happen at random: the record that the store would have, and that which its journal tells.
class Life {
 public:
  explicit Life(unsigned seed) : random_(seed) {}

  void Step() {
    const Happening happening = Any();
    Decision decision = Decide(real_, happening, {.now = now_, .thresholds = {}, .id = kId});
    if (decision.kind != Decision::Kind::kChanged) return;
    ++batch_;
    const Record before = real_.value_or(Record());
    real_ = std::move(decision.next);
    if (!real_->newest.position.has_value()) real_->newest.position = PositionOf(batch_);
    for (const Decision::Told& told : decision.effects.events) {
      const Event event{.type = told.type,
                        .item = {.notice = kNotice, .revision = real_->newest.revision},
                        .at = now_,
                        .actor = std::string(32, 'x'),
                        .origin = real_->origin,
                        .commitment = real_->newest.commitment,
                        .token = told.type == EventType::kLeased ? real_->token : before.token,
                        .detail = told.detail};
      Replayed replayed = Replay(told_, event, PositionOf(batch_), /*was_restored=*/false);
      ASSERT_TRUE(replayed.next.has_value()) << "event " << static_cast<int>(told.type) << " does not fit";
      told_ = std::move(replayed.next);
      AddHop(real_->trail, HopOf(event));
    }
  }

  // What the journal cannot tell of a record: contents and the days in them, when leases end and what is due.
  static Record Comparable(Record record) {
    if (IsUnderWay(record.state)) record.state = State::kMissing;
    record.discharge_date.clear();
    record.discharge_day_ends = record.lease_expires_at = record.due_at = absl::Time();
    record.held_until.reset();
    record.return_proposal.reset();  // the journal does not name an operator
    return record;
  }

  void Compare() const {
    ASSERT_EQ(real_.has_value(), told_.has_value());
    if (!real_.has_value()) return;
    if (IsUnderWay(real_->state)) {
      EXPECT_EQ(told_->state, State::kMissing);
    }
    EXPECT_EQ(Comparable(*told_), Comparable(*real_)) << "state " << static_cast<int>(real_->state);
  }

  const std::optional<Record>& real() const { return real_; }

 private:
  uint32_t Number(uint32_t most) { return std::uniform_int_distribution<uint32_t>(0, most)(random_); }

  Submit Said(uint32_t revision) {
    return {.revision = revision,
            .origin = "ward",
            .discharge_date = "2027-01-15",
            .discharge_day_ends = kReplayedFrom + absl::Hours(9),
            .commitments = {CommitmentOf(revision)},
            .refusal_if_new = std::nullopt};
  }

  Happening Any() {
    now_ += absl::Minutes(Number(90));
    const uint32_t revision = real_.has_value() ? real_->newest.revision : 0;
    const std::string token = real_.has_value() ? real_->token : "";
    switch (Number(15)) {
      case 0:
        return Said(1);
      case 1:
        return Revise{.submit = Said(revision + 1)};
      case 2:
        return Withdraw{.revision = revision + 1,
                        .reason = WithdrawalReason::kReadmitted,
                        .origin = "ward",
                        .refusal_if_new = std::nullopt,
                        .lacks_content = Number(2) == 0};
      case 3:
        return AcknowledgeOutcome{};
      case 4:
        return Acknowledge{.revision = revision, .token = token};
      case 5:
        return Return{.revision = revision, .token = token, .reason = ReturnReason::kNotResident};
      case 6:
        return Redrive{};
      case 7:
        now_ += absl::Hours(24 * Number(16));
        return PassTime{};
      case 8:
      case 9:
        return PassTime{};
      case 10:
        if (real_.has_value() && real_->return_proposal.has_value()) {
          return ReturnByOperations{.operator_uri = "urn:envej:operations:bo",
                                    .confirmed_proposal_id = ProposalId(*real_->return_proposal)};
        }
        return ReturnByOperations{.operator_uri = "urn:envej:operations:anna"};
      default:
        return TakeLease{
            .revision = revision, .token = absl::StrCat("1-", ++tokens_), .expires_at = now_ + absl::Minutes(60)};
    }
  }

  std::mt19937 random_;
  absl::Time now_ = kReplayedFrom;
  uint64_t batch_ = 0;
  uint64_t tokens_ = 0;
  std::optional<Record> real_;
  std::optional<Record> told_;
};

TEST(ReplayTest, TheJournalTellsAllOfANoticeButItsContent) {
  std::vector<size_t> ends(9);
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Life life(seed);
    for (int step = 0; step < 25; ++step) {
      life.Step();
      if (testing::Test::HasFatalFailure()) return;
    }
    life.Compare();
    if (testing::Test::HasFailure()) return;
    if (life.real().has_value()) ++ends[static_cast<size_t>(life.real()->state)];
  }
  for (const State state : {State::kWaiting, State::kLeased, State::kAcknowledged, State::kReturned, State::kWithdrawn,
                            State::kUndelivered}) {
    EXPECT_GT(ends[static_cast<size_t>(state)], 10u) << static_cast<int>(state);
  }
}

TEST(ReplayTest, WhatTheBackupHasWaitsOnUntilSomethingHappensToIt) {
  Record waiting;
  waiting.newest = {
      .revision = 1, .accepted_at = kReplayedFrom, .commitment = CommitmentOf(1), .position = PositionOf(1)};
  Event event = EventOf(EventType::kLeased);
  event.token = "1-1";
  Replayed leased = Replay(waiting, event, PositionOf(2), false);
  EXPECT_FALSE(leased.destroy_content);
  EXPECT_EQ(leased.next->state, State::kLeased);
  OutliveStore(*leased.next);
  EXPECT_EQ(leased.next->state, State::kWaiting);
  EXPECT_EQ(leased.next->failure_count, 0u);
  event.type = EventType::kAcknowledged;
  const Replayed acknowledged = Replay(leased.next, event, PositionOf(3), false);
  EXPECT_TRUE(acknowledged.destroy_content);
  EXPECT_EQ(acknowledged.next->state, State::kAcknowledged);
  event.type = EventType::kAccepted;
  event.item.revision = 2;
  const Replayed revised = Replay(waiting, event, PositionOf(3), false);
  EXPECT_TRUE(revised.destroy_content) << "of the revision that it replaces";
  EXPECT_EQ(revised.next->state, State::kMissing);
  EXPECT_EQ(revised.next->first, waiting.newest);
}

// Nobody knows what a store that was restored had forgotten of it.
TEST(ReplayTest, WhatARestoredStoreTookAsNewMayBeHeldByTheMunicipality) {
  Event event = EventOf(EventType::kWithdrawn);
  event.detail = static_cast<uint32_t>(WithdrawalReason::kReadmitted);
  EXPECT_EQ(Replay(std::nullopt, event, PositionOf(1), false).next->state, State::kWithdrawn);
  EXPECT_EQ(Replay(std::nullopt, event, PositionOf(1), true).next->state, State::kMissing);
  const Replayed accepted = Replay(std::nullopt, EventOf(EventType::kAccepted), PositionOf(1), true);
  event.item.revision = 2;
  EXPECT_EQ(Replay(accepted.next, event, PositionOf(2), true).next->state, State::kMissing);
}

TEST(ReplayTest, ReturnThatWasProposedIsToBeProposedAnew) {
  Record waiting;
  waiting.newest = {
      .revision = 1, .accepted_at = kReplayedFrom, .commitment = CommitmentOf(1), .position = PositionOf(1)};
  waiting.return_proposal = {.operator_uri = "urn:envej:operations:anna", .proposed_at = kReplayedFrom};
  for (const EventType type : {EventType::kLeased, EventType::kOverdue, EventType::kReturnProposed,
                               EventType::kAcknowledged, EventType::kDestroyed}) {
    Event event = EventOf(type);
    event.detail = 1;
    Replayed replayed = Replay(waiting, event, PositionOf(2), false);
    ASSERT_TRUE(replayed.next.has_value());
    OutliveStore(*replayed.next);
    EXPECT_EQ(replayed.next->return_proposal, std::nullopt) << static_cast<int>(type);
  }
}

TEST(ReplayTest, WhatDoesNotFitIsToldAndChangesNothing) {
  Event event = EventOf(EventType::kAcknowledged);
  EXPECT_EQ(Replay(std::nullopt, event, PositionOf(1), false).next, std::nullopt) << "never seen";
  Record record;
  record.newest.revision = 2;
  EXPECT_EQ(Replay(record, event, PositionOf(1), false).next, std::nullopt) << "another revision";
  event.type = EventType::kCallsRefused;
  event.item.revision = 2;
  EXPECT_EQ(Replay(record, event, PositionOf(1), false).next, std::nullopt) << "of no notice";
}

}  // namespace
}  // namespace envej::inbox
