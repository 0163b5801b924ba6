#include "broker/inbox/transition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace envej::inbox {
namespace {

using contract::Reason;
using Kind = Decision::Kind;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const contract::ContentCommitment kCommitment{.key_id = "key-1", .value = std::string(32, 'a')};
const contract::ContentCommitment kOtherCommitment{.key_id = "key-1", .value = std::string(32, 'b')};
constexpr char kToken[] = "1-7";
constexpr char kOlderToken[] = "1-3";

Submit MakeSubmit(const contract::ContentCommitment& commitment = kCommitment) {
  Submit submit;
  submit.origin = "ward-system";
  submit.discharge_date = "2027-01-15";
  submit.commitments = {commitment};
  return submit;
}

Record Waiting() {
  Record record;
  record.state = State::kWaiting;
  record.accepted_at = kNow - absl::Hours(1);
  record.commitment = kCommitment;
  return record;
}

Record Leased() {
  Record record = Waiting();
  record.state = State::kLeased;
  record.lease_count = 1;
  record.token = kToken;
  record.first_leased_at = kNow - absl::Seconds(30);
  record.lease_expires_at = kNow + absl::Seconds(30);
  return record;
}

Record PutBack() {
  Record record = Leased();
  record.state = State::kWaiting;
  return record;
}

Record Acknowledged() {
  Record record = Leased();
  record.state = State::kAcknowledged;
  record.concluded_at = kNow - absl::Seconds(5);
  return record;
}

Record Returned() {
  Record record = Leased();
  record.state = State::kReturned;
  record.concluded_at = kNow - absl::Seconds(5);
  record.return_reason = ReturnReason::kNotResident;
  return record;
}

Acknowledge Ack(const std::string& token = kToken, uint32_t revision = 1) {
  return {.revision = revision, .token = token};
}
ExtendLease Extend(const std::string& token = kToken) {
  return {.revision = 1, .token = token, .expires_at = kNow + absl::Seconds(60)};
}
Return GiveBack(const std::string& token = kToken, ReturnReason reason = ReturnReason::kNotResident) {
  return {.revision = 1, .token = token, .reason = reason};
}
TakeLease Take() { return {.token = "1-8", .expires_at = kNow + absl::Seconds(60)}; }

// The table of ARCHITECTURE.md, cell by cell.
struct Cell {
  std::string name;
  std::optional<Record> state;
  Happening happening;
  Kind kind;
  Reason reason = Reason::kNone;
  std::optional<State> next;
};

std::vector<Cell> Table() {
  return {
      {"NeverSeenSubmit", std::nullopt, MakeSubmit(), Kind::kChanged, Reason::kNone, State::kWaiting},
      {"NeverSeenTakeLease", std::nullopt, Take(), Kind::kUnchanged, {}, {}},
      {"NeverSeenExtend", std::nullopt, Extend(), Kind::kRejected, Reason::kNoticeNotFound, {}},
      {"NeverSeenAcknowledge", std::nullopt, Ack(), Kind::kRejected, Reason::kNoticeNotFound, {}},
      {"NeverSeenReturn", std::nullopt, GiveBack(), Kind::kRejected, Reason::kNoticeNotFound, {}},
      {"NeverSeenExpire", std::nullopt, ExpireLease{}, Kind::kUnchanged, {}, {}},

      {"WaitingSubmitSame", Waiting(), MakeSubmit(), Kind::kRepeated, {}, {}},
      {"WaitingSubmitOther", Waiting(), MakeSubmit(kOtherCommitment), Kind::kRejected, Reason::kNoticeIdReused, {}},
      {"WaitingTakeLease", Waiting(), Take(), Kind::kChanged, {}, State::kLeased},
      {"WaitingExtend", Waiting(), Extend(), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingAcknowledge", Waiting(), Ack(), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingReturn", Waiting(), GiveBack(), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingExtendByNoToken", Waiting(), Extend(""), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingAcknowledgeByNoToken", Waiting(), Ack(""), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingReturnByNoToken", Waiting(), GiveBack(""), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"WaitingExpire", Waiting(), ExpireLease{}, Kind::kUnchanged, {}, {}},
      {"PutBackExtendByLastHolder", PutBack(), Extend(), Kind::kRejected, Reason::kLeaseExpired, {}},
      {"PutBackAcknowledgeByLastHolder", PutBack(), Ack(), Kind::kRejected, Reason::kLeaseExpired, {}},
      {"PutBackReturnByLastHolder", PutBack(), GiveBack(), Kind::kRejected, Reason::kLeaseExpired, {}},
      {"PutBackAcknowledgeByOlderHolder", PutBack(), Ack(kOlderToken), Kind::kRejected, Reason::kLeaseNotHeld, {}},
      {"PutBackTakeLease", PutBack(), Take(), Kind::kChanged, {}, State::kLeased},

      {"LeasedSubmitSame", Leased(), MakeSubmit(), Kind::kRepeated, {}, {}},
      {"LeasedSubmitOther", Leased(), MakeSubmit(kOtherCommitment), Kind::kRejected, Reason::kNoticeIdReused, {}},
      {"LeasedTakeLease", Leased(), Take(), Kind::kUnchanged, {}, {}},
      {"LeasedExtend", Leased(), Extend(), Kind::kChanged, {}, State::kLeased},
      {"LeasedExtendByOlderHolder", Leased(), Extend(kOlderToken), Kind::kRejected, Reason::kLeaseSuperseded, {}},
      {"LeasedAcknowledge", Leased(), Ack(), Kind::kChanged, {}, State::kAcknowledged},
      {"LeasedAcknowledgeByOlderHolder", Leased(), Ack(kOlderToken), Kind::kRejected, Reason::kLeaseSuperseded, {}},
      {"LeasedAcknowledgeOtherRevision", Leased(), Ack(kToken, 2), Kind::kRejected, Reason::kNoticeNotFound, {}},
      {"LeasedReturn", Leased(), GiveBack(), Kind::kChanged, {}, State::kReturned},
      {"LeasedReturnByOlderHolder", Leased(), GiveBack(kOlderToken), Kind::kRejected, Reason::kLeaseSuperseded, {}},
      {"LeasedExpireTooEarly", Leased(), ExpireLease{}, Kind::kUnchanged, {}, {}},

      {"AcknowledgedSubmitSame", Acknowledged(), MakeSubmit(), Kind::kRepeated, {}, {}},
      {"AcknowledgedSubmitOther",
       Acknowledged(),
       MakeSubmit(kOtherCommitment),
       Kind::kRejected,
       Reason::kNoticeIdReused,
       {}},
      {"AcknowledgedTakeLease", Acknowledged(), Take(), Kind::kUnchanged, {}, {}},
      {"AcknowledgedExtend", Acknowledged(), Extend(), Kind::kRejected, Reason::kNoticeAlreadyAcknowledged, {}},
      {"AcknowledgedAcknowledgeSame", Acknowledged(), Ack(), Kind::kRepeated, {}, {}},
      {"AcknowledgedAcknowledgeOther",
       Acknowledged(),
       Ack(kOlderToken),
       Kind::kRejected,
       Reason::kNoticeAlreadyAcknowledged,
       {}},
      {"AcknowledgedReturn", Acknowledged(), GiveBack(), Kind::kRejected, Reason::kNoticeAlreadyAcknowledged, {}},
      {"AcknowledgedExpire", Acknowledged(), ExpireLease{}, Kind::kUnchanged, {}, {}},

      {"ReturnedSubmitSame", Returned(), MakeSubmit(), Kind::kRepeated, {}, {}},
      {"ReturnedSubmitOther", Returned(), MakeSubmit(kOtherCommitment), Kind::kRejected, Reason::kNoticeIdReused, {}},
      {"ReturnedTakeLease", Returned(), Take(), Kind::kUnchanged, {}, {}},
      {"ReturnedExtend", Returned(), Extend(), Kind::kRejected, Reason::kNoticeAlreadyReturned, {}},
      {"ReturnedAcknowledge", Returned(), Ack(), Kind::kRejected, Reason::kNoticeAlreadyReturned, {}},
      {"ReturnedReturnSame", Returned(), GiveBack(), Kind::kRepeated, {}, {}},
      {"ReturnedReturnOtherReason",
       Returned(),
       GiveBack(kToken, ReturnReason::kDeceased),
       Kind::kRejected,
       Reason::kNoticeAlreadyReturned,
       {}},
      {"ReturnedExpire", Returned(), ExpireLease{}, Kind::kUnchanged, {}, {}},
  };
}

class TransitionTable : public testing::TestWithParam<Cell> {};

TEST_P(TransitionTable, DecidesAsTheTableSays) {
  const Cell& cell = GetParam();
  const Decision decision = Decide(cell.state, cell.happening, kNow);
  EXPECT_EQ(decision.kind, cell.kind);
  EXPECT_EQ(decision.rejection.has_value() ? decision.rejection->reason : Reason::kNone, cell.reason);
  ASSERT_EQ(decision.next.has_value(), cell.next.has_value());
  if (cell.next.has_value()) {
    EXPECT_EQ(decision.next->state, *cell.next);
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, TransitionTable, testing::ValuesIn(Table()),
                         [](const testing::TestParamInfo<Cell>& cell) { return cell.param.name; });

TEST(TransitionTest, AcceptanceKeepsContentAndWaitsForTheDisk) {
  const Decision decision = Decide(std::nullopt, MakeSubmit(), kNow);
  EXPECT_EQ(decision.effects.content, Decision::Content::kStore);
  EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
  EXPECT_EQ(decision.effects.event, journal::EventType::kAccepted);
  EXPECT_EQ(decision.next->accepted_at, kNow);
  EXPECT_EQ(decision.next->origin, "ward-system");
}

TEST(TransitionTest, RulesOfTheDayRefuseOnlyWhatIsNew) {
  Submit late = MakeSubmit();
  late.refusal_if_new = contract::Rejection{.reason = Reason::kConsentToContactTooOld, .violations = {}};
  EXPECT_EQ(Decide(std::nullopt, late, kNow).rejection->reason, Reason::kConsentToContactTooOld);
  EXPECT_EQ(Decide(Acknowledged(), late, kNow).kind, Kind::kRepeated);
}

TEST(TransitionTest, CommitmentUnderAnOlderSecretIsTheSameNotice) {
  Submit submit = MakeSubmit(kOtherCommitment);
  submit.commitments.push_back(kCommitment);
  EXPECT_EQ(Decide(Waiting(), submit, kNow).kind, Kind::kRepeated);
}

TEST(TransitionTest, LeaseNeedsNoSyncAndIsCounted) {
  const Decision decision = Decide(PutBack(), Take(), kNow);
  EXPECT_EQ(decision.effects.durability, store::Durability::kUnsynced);
  EXPECT_EQ(decision.effects.event, journal::EventType::kLeased);
  EXPECT_EQ(decision.next->lease_count, 2u);
  EXPECT_EQ(decision.next->first_leased_at, PutBack().first_leased_at);
  EXPECT_EQ(decision.next->token, "1-8");
}

TEST(TransitionTest, LeaseEndsAtItsExpiryAndNotBefore) {
  const absl::Time expiry = Leased().lease_expires_at;
  EXPECT_EQ(Decide(Leased(), Ack(), expiry - absl::Microseconds(1)).kind, Kind::kChanged);
  EXPECT_EQ(Decide(Leased(), Ack(), expiry).rejection->reason, Reason::kLeaseExpired);
  EXPECT_EQ(Decide(Leased(), ExpireLease{}, expiry).next->state, State::kWaiting);
}

TEST(TransitionTest, ExtensionNeverShortensALease) {
  ExtendLease shorter = Extend();
  shorter.expires_at = kNow + absl::Seconds(5);
  const Decision decision = Decide(Leased(), shorter, kNow);
  EXPECT_EQ(decision.kind, Kind::kRepeated);
}

TEST(TransitionTest, ConclusionDestroysContentAndWaitsForTheDisk) {
  for (const Happening& happening : {Happening(Ack()), Happening(GiveBack())}) {
    const Decision decision = Decide(Leased(), happening, kNow);
    EXPECT_EQ(decision.effects.content, Decision::Content::kDestroy);
    EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
    EXPECT_EQ(decision.next->concluded_at, kNow);
  }
}

}  // namespace
}  // namespace envej::inbox
