#include "broker/inbox/transition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "broker/inbox/transitions.h"
#include "tests/broker/inbox/happenings.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using testing::ElementsAre;
using Kind = Decision::Kind;
using Told = Decision::Told;

constexpr char kOlderToken[] = "1-3";

std::optional<Record> WaitingRecord() { return After({MakeSubmit()}); }
std::optional<Record> Leased() { return After({MakeSubmit(), Take()}); }
std::optional<Record> Acknowledged() { return After({MakeSubmit(), Take(), Ack()}); }

std::optional<Record> With(std::optional<Record> record, void (*change)(Record& record)) {
  change(*record);
  record->due_at = IsUnderWay(record->state) ? NextDue(*record, {}) : ForgetAt(*record);
  return record;
}

// Every state that the table of ARCHITECTURE.md speaks of, by the name that it has there.
// What stands of "proposed", and what stood of "undeliverable".
const std::string kProposed = ProposalId({.operator_uri = kAnna, .proposed_at = kNow - absl::Minutes(1)});
const std::string kProposedBefore = ProposalId({.operator_uri = kAnna, .proposed_at = kNow - absl::Minutes(2)});

std::map<std::string, std::optional<Record>> States() {
  const auto parked = [](Record& record) { record.state = State::kParked; };
  const auto undelivered = [](Record& record) {
    record.undelivered_told = 1;
    record.undelivered_told_at = kNow;
  };
  const auto missing = [](Record& record) { record.state = State::kMissing; };
  return {
      {"never seen", std::nullopt},
      {"tombstone", After({MakeWithdraw(2)})},
      {"waiting", WaitingRecord()},
      {"was leased", With(Leased(), [](Record& record) { record.state = State::kWaiting; })},
      {"held", With(Leased(),
                    [](Record& record) {
                      record.state = State::kWaiting;
                      record.held_until = kNow + absl::Seconds(3);
                    })},
      {"leased", Leased()},
      {"parked", With(Leased(), parked)},
      {"late", With(WaitingRecord(), undelivered)},
      {"acknowledged", Acknowledged()},
      {"returned", After({MakeSubmit(), Take(), GiveBack()})},
      {"revised", After({MakeSubmit(), Take(), MakeRevise()})},
      {"revision", After({MakeSubmit(), Take(), Ack(), MakeRevise()})},
      {"withdrawn", After({MakeSubmit(), MakeWithdraw(2)})},
      {"withdrawal", After({MakeSubmit(), Take(), Ack(), MakeWithdraw(2)})},
      {"undelivered", With(WaitingRecord(), [](Record& record) { record.state = State::kUndelivered; })},
      {"missing", With(WaitingRecord(), missing)},
      {"lost revision", With(After({MakeSubmit(), Take(), Ack(), MakeRevise()}), missing)},
      {"lost withdrawal", With(After({MakeSubmit(), Take(), Ack(), MakeWithdraw(2)}), missing)},
      {"proposed", After({MakeSubmit(), ReturnByOperations{kAnna}})},
      {"undeliverable", After({MakeSubmit(), ReturnByOperations{kAnna}, ReturnByOperations{kBo, kProposedBefore}})},
      {"old", With(Acknowledged(),
                   [](Record& record) {
                     record.newest.accepted_at = record.concluded_at = kNow - kRemembered;
                     record.discharge_day_ends = kNow - kRemembered - absl::Hours(1);
                   })},
  };
}

uint32_t NewestOf(const std::optional<Record>& state) { return state.has_value() ? state->newest.revision : 1; }

std::map<std::string, Happening> Happenings(uint32_t newest) {
  return {
      {"submit", MakeSubmit()},
      {"other", MakeSubmit(kOtherCommitment)},
      {"revise", MakeRevise(3, kOtherCommitment)},
      {"again", MakeRevise(2, kRevised)},
      {"withdraw", MakeWithdraw(3)},
      {"same", MakeWithdraw(2)},
      {"stale", MakeWithdraw(1)},
      {"outcome", AcknowledgeOutcome{}},
      {"take", Take("1-8", newest)},
      {"extend", ExtendLease{.revision = 1, .token = kToken, .expires_at = kNow + absl::Minutes(5)}},
      {"ack", Ack()},
      {"older", Ack(1, kOlderToken)},
      {"nobody", Ack(1, "")},
      {"newer", Ack(4)},
      {"return", GiveBack()},
      {"dead", GiveBack(1, kToken, ReturnReason::kDeceased)},
      {"redrive", Redrive{}},
      {"anna", ReturnByOperations{kAnna}},
      {"bo", ReturnByOperations{kBo}},
      {"own", ReturnByOperations{kAnna, kProposed}},
      {"confirm", ReturnByOperations{kBo, kProposed}},
      {"unseen", ReturnByOperations{kBo, kProposedBefore}},
      {"time", PassTime{}},
      {"forget", Forget{.up_to = kNow}},
  };
}

// `=` it happened before, `-` nothing to do, `> state` it becomes, `forgotten` it is; otherwise the reason for which it
// is refused, by the words below. A claim is one on revision 1 by the token of its last lease.
constexpr char kTable[] = R"(
             | submit | other  | revise   | again    | withdraw    | same        | stale       | outcome
never seen   | > wait | > wait | unknown  | unknown  | > withdrawn | > withdrawn | > withdrawn | unknown
tombstone    | gone   | gone   | gone     | gone     | gone        | =           | gone        | none
waiting      | =      | reused | > wait   | > wait   | > withdrawn | > withdrawn | stale       | none
was leased   | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
held         | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
leased       | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
parked       | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
late         | =      | reused | > wait   | > wait   | > withdrawn | > withdrawn | stale       | > undelivered
acknowledged | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
returned     | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | > returned
revised      | =      | reused | > wait   | =        | > wait      | stale       | stale       | none
revision     | =      | reused | > wait   | =        | > wait      | stale       | stale       | none
withdrawn    | =      | reused | gone     | gone     | gone        | =           | gone        | none
withdrawal   | =      | reused | gone     | gone     | gone        | =           | gone        | none
undelivered  | =      | reused | too late | too late | > withdrawn | > withdrawn | stale       | > undelivered
old          | =      | reused | > wait   | > wait   | > wait      | > wait      | stale       | none
missing      | > wait | reused | > wait   | > wait   | > withdrawn | > withdrawn | stale       | none
proposed     | =      | reused | > wait   | > wait   | > withdrawn | > withdrawn | stale       | none
undeliverable   | =   | reused | > wait   | > wait   | > withdrawn | > withdrawn | stale       | > returned
lost revision   | =   | reused | > wait   | > wait   | > wait      | stale       | stale       | none
lost withdrawal | =   | reused | gone     | gone     | gone        | > wait      | gone        | none

             | take     | extend   | ack        | older      | nobody   | newer   | return     | dead     | redrive | time | forget
never seen   | -        | unknown  | unknown    | unknown    | unknown  | unknown | unknown    | unknown  | unknown | -    | -
tombstone    | -        | gone     | gone       | gone       | gone     | unknown | gone       | gone     | -       | -    | -
waiting      | > leased | not held | not held   | not held   | not held | unknown | not held   | not held | -       | -    | -
was leased   | > leased | expired  | expired    | not held   | not held | unknown | expired    | expired  | -       | -    | -
held         | -        | expired  | expired    | not held   | not held | unknown | expired    | expired  | > wait  | -    | -
leased       | -        | > leased | > acked    | superseded | superseded | unknown | > returned | > returned | -     | -    | -
parked       | -        | expired  | expired    | not held   | not held | unknown | expired    | expired  | > wait  | -    | -
late         | > leased | not held | not held   | not held   | not held | unknown | not held   | not held | -       | -    | -
acknowledged | -        | acked    | =          | acked      | acked    | unknown | acked      | acked    | -       | -    | -
returned     | -        | returned | returned   | returned   | returned | unknown | =          | returned | -       | -    | -
revised      | > leased | revised  | revised    | revised    | revised  | unknown | revised    | revised  | -       | -    | -
revision     | > leased | revised  | =          | revised    | revised  | unknown | revised    | revised  | -       | -    | -
withdrawn    | -        | gone     | gone       | gone       | gone     | unknown | gone       | gone     | -       | -    | -
withdrawal   | > leased | gone     | =          | gone       | gone     | unknown | gone       | gone     | -       | -    | -
undelivered  | -        | too late | too late   | too late   | too late | unknown | too late   | too late | -       | -    | -
old          | -        | acked    | =          | acked      | acked    | unknown | acked      | acked    | -       | -    | forgotten
missing      | -        | not held | not held   | not held   | not held | unknown | not held   | not held | -       | -    | -
proposed     | > leased | not held | not held   | not held   | not held | unknown | not held   | not held | -       | -    | -
undeliverable   | -     | returned | returned   | returned   | returned | unknown | returned   | returned | -       | -    | -
lost revision   | -     | revised  | =          | revised    | revised  | unknown | revised    | revised  | -       | -    | -
lost withdrawal | -     | gone     | =          | gone       | gone     | unknown | gone       | gone     | -       | -    | -

                | anna      | bo        | own      | confirm    | unseen
never seen      | unknown   | unknown   | unknown  | unknown    | unknown
tombstone       | gone      | gone      | gone     | gone       | gone
waiting         | > wait    | > wait    | over     | over       | over
was leased      | > wait    | > wait    | over     | over       | over
held            | > wait    | > wait    | over     | over       | over
leased          | > leased  | > leased  | over     | over       | over
parked          | > parked  | > parked  | over     | over       | over
late            | > wait    | > wait    | over     | over       | over
proposed        | =         | =         | own      | > returned | over
undeliverable   | =         | =         | =        | =          | =
acknowledged    | acked     | acked     | acked    | acked      | acked
returned        | returned  | returned  | returned | returned   | returned
revised         | > wait    | > wait    | over     | over       | over
revision        | > wait    | > wait    | over     | over       | over
withdrawn       | gone      | gone      | gone     | gone       | gone
withdrawal      | > wait    | > wait    | over     | over       | over
undelivered     | too late  | too late  | too late | too late   | too late
old             | acked     | acked     | acked    | acked      | acked
missing         | > missing | > missing | over     | over       | over
lost revision   | > missing | > missing | over     | over       | over
lost withdrawal | > missing | > missing | over     | over       | over
)";

std::string WordOf(Reason reason) {
  switch (reason) {
    case Reason::kNoticeNotFound:
      return "unknown";
    case Reason::kNoticeWithdrawn:
      return "gone";
    case Reason::kNoticeIdReused:
      return "reused";
    case Reason::kRevisionStale:
      return "stale";
    case Reason::kNoticeUndelivered:
      return "too late";
    case Reason::kOutcomeNotReached:
      return "none";
    case Reason::kLeaseNotHeld:
      return "not held";
    case Reason::kLeaseExpired:
      return "expired";
    case Reason::kLeaseSuperseded:
      return "superseded";
    case Reason::kNoticeAlreadyAcknowledged:
      return "acked";
    case Reason::kNoticeAlreadyReturned:
      return "returned";
    case Reason::kNoticeRevised:
      return "revised";
    case Reason::kReturnProposalOver:
      return "over";
    case Reason::kReturnProposerIsCaller:
      return "own";
    default:
      return absl::StrCat("reason ", static_cast<int>(reason));
  }
}

std::string WordOf(State state) {
  switch (state) {
    case State::kWaiting:
      return "wait";
    case State::kLeased:
      return "leased";
    case State::kAcknowledged:
      return "acked";
    case State::kReturned:
      return "returned";
    case State::kWithdrawn:
      return "withdrawn";
    case State::kParked:
      return "parked";
    case State::kUndelivered:
      return "undelivered";
    case State::kMissing:
      return "missing";
  }
  return "";
}

std::string WordOf(const Decision& decision) {
  switch (decision.kind) {
    case Kind::kChanged:
      return absl::StrCat("> ", WordOf(decision.next->state));
    case Kind::kForgotten:
      return "forgotten";
    case Kind::kRepeated:
      return "=";
    case Kind::kUnchanged:
      return "-";
    case Kind::kRejected:
      return WordOf(decision.rejection->reason);
  }
  return "";
}

std::vector<std::string> CellsOf(absl::string_view line) {
  std::vector<std::string> cells = absl::StrSplit(line, '|');
  for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
  return cells;
}

TEST(TransitionTest, DecidesAsTheTableSays) {
  const std::map<std::string, std::optional<Record>> states = States();
  std::vector<std::string> columns;
  size_t cells = 0;
  for (const absl::string_view line : absl::StrSplit(kTable, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> row = CellsOf(line);
    if (row[0].empty()) {
      columns = row;
      continue;
    }
    ASSERT_EQ(row.size(), columns.size()) << row[0];
    for (size_t column = 1; column < row.size(); ++column, ++cells) {
      EXPECT_EQ(WordOf(DecideNow(states.at(row[0]), Happenings(NewestOf(states.at(row[0]))).at(columns[column]))),
                row[column])
          << row[0] << ", " << columns[column];
    }
  }
  EXPECT_EQ(cells, states.size() * Happenings(1).size());
}

// The record as it is kept says the same when it is read.
TEST(TransitionTest, EveryStateIsKept) {
  const contract::JournalPosition position{
      .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 7, .event_index = 3};
  for (auto& [name, state] : States()) {
    if (!state.has_value()) continue;
    Record record = *state;
    record.newest.position = position;
    if (record.first.has_value()) record.first->position = position;
    const absl::StatusOr<Record> read = DecodeRecord(EncodeRecord(record));
    ASSERT_TRUE(read.ok()) << name << read.status();
    EXPECT_EQ(*read, record) << name;
  }
}

TEST(TransitionTest, AcceptanceKeepsContentAndWaitsForTheDisk) {
  const Decision decision = DecideNow(std::nullopt, MakeSubmit());
  EXPECT_TRUE(decision.effects.store_content);
  EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
  EXPECT_THAT(decision.effects.events, ElementsAre(Told{EventType::kAccepted}));
  EXPECT_EQ(decision.next->newest.accepted_at, kNow);
  EXPECT_EQ(decision.next->entered_at, kNow);
  EXPECT_EQ(decision.next->origin, "ward-system");
}

TEST(TransitionTest, RulesOfTheDayRefuseOnlyWhatIsNew) {
  Submit late = MakeSubmit();
  late.refusal_if_new = contract::Rejection{.reason = Reason::kConsentToContactTooOld, .violations = {}};
  EXPECT_EQ(DecideNow(std::nullopt, late).rejection->reason, Reason::kConsentToContactTooOld);
  EXPECT_EQ(DecideNow(Acknowledged(), late).kind, Kind::kRepeated);
  Revise revise = MakeRevise();
  revise.submit.refusal_if_new = late.refusal_if_new;
  EXPECT_EQ(DecideNow(Acknowledged(), revise).rejection->reason, Reason::kConsentToContactTooOld);
  EXPECT_EQ(DecideNow(States().at("revision"), revise).kind, Kind::kRepeated);
}

TEST(TransitionTest, CommitmentUnderAnOlderSecretIsTheSameNotice) {
  Submit submit = MakeSubmit(kOtherCommitment);
  submit.commitments.push_back(kCommitment);
  EXPECT_EQ(DecideNow(WaitingRecord(), submit).kind, Kind::kRepeated);
}

TEST(TransitionTest, LeaseNeedsNoSyncAndIsCounted) {
  const std::optional<Record> before = States().at("was leased");
  const Decision decision = DecideNow(before, Take("1-8"));
  EXPECT_EQ(decision.effects.durability, store::Durability::kUnsynced);
  EXPECT_THAT(decision.effects.events, ElementsAre(Told{EventType::kLeased}));
  EXPECT_EQ(decision.next->lease_count, 2u);
  EXPECT_EQ(decision.next->first_leased_at, before->first_leased_at);
  EXPECT_EQ(decision.next->token, "1-8");
}

TEST(TransitionTest, ConclusionDestroysContentAndWaitsForTheDisk) {
  for (const Happening& happening : {Happening(Ack()), Happening(GiveBack())}) {
    const Decision decision = DecideNow(Leased(), happening);
    EXPECT_TRUE(decision.effects.destroy_content);
    EXPECT_FALSE(decision.effects.store_content);
    EXPECT_EQ(decision.effects.durability, store::Durability::kSynced);
    EXPECT_EQ(decision.next->concluded_at, kNow);
  }
}

TEST(TransitionTest, RevisionTakesThePlaceOfWhatWasNotDelivered) {
  const Decision decision = DecideNow(Leased(), MakeRevise());
  EXPECT_TRUE(decision.effects.destroy_content);
  EXPECT_TRUE(decision.effects.store_content);
  const Record& next = *decision.next;
  EXPECT_EQ(next.kind, ItemKind::kNotice);
  EXPECT_EQ(next.entered_at, Leased()->entered_at) << "it waits where it waited";
  EXPECT_EQ(next.token, "") << "nobody has claimed this one";
  EXPECT_EQ(next.first, Leased()->newest);
  EXPECT_EQ(DecideNow(next, Take("1-9", 1)).kind, Kind::kUnchanged) << "its content is not what was read";
  EXPECT_EQ(DecideNow(DecideNow(next, Take("1-9", 2)).next, Ack(2, "1-9")).next->delivered_revision, 2u);
}

TEST(TransitionTest, RevisionOfWhatWasDeliveredIsAnItemOfItsOwn) {
  const Decision decision = DecideNow(Acknowledged(), MakeRevise());
  EXPECT_FALSE(decision.effects.destroy_content) << "there is none any more";
  EXPECT_EQ(decision.next->kind, ItemKind::kRevision);
  EXPECT_EQ(decision.next->delivered_revision, 1u) << "it names what it replaces";
  EXPECT_EQ(decision.next->entered_at, kNow);
  EXPECT_EQ(decision.next->lease_count, 0u);
}

}  // namespace
}  // namespace envej::inbox
