#include "tests/simulation/regions.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "proto/contract/limits.h"

namespace envej::simulation {
namespace {

const absl::Time kFirstDay = absl::FromUnixSeconds(1'800'000'000);

using Answers = std::vector<absl::StatusOr<inbox::Accepted>>;
using Times = std::vector<absl::StatusOr<absl::Time>>;

// `ruled_out`: why the rules of the day refuse it, if it is new; or that there is no room for it.
inbox::Submission MakeSubmission(const KnownNotice& notice, const Said& said, contract::Reason ruled_out) {
  inbox::Submission submission;
  submission.notice = notice.key;
  submission.actor = ActorOf(notice.key.region_code);
  submission.keep = inbox::KeepAsItIs(said.content);
  std::optional<contract::Rejection> refusal;
  if (ruled_out != contract::Reason::kNone) refusal = contract::Rejection{.reason = ruled_out, .violations = {}};
  if (said.is_withdrawal()) {
    submission.what =
        inbox::Withdraw{.revision = said.revision, .reason = said.reason, .origin = "ward", .refusal_if_new = refusal};
    return submission;
  }
  inbox::Submit submit{.revision = said.revision,
                       .origin = "ward",
                       .discharge_date = said.discharge_date,
                       .discharge_day_ends = said.discharge_day_ends,
                       .commitments = {CommitmentTo(said.content)},
                       .created_at = said.created_at,
                       .refusal_if_new = std::nullopt};
  // What has a receipt is promised to be accepted again, so there is always room for it here.
  const bool lacks_room = said.calls % 2 == 1 && !said.receipt.has_value();
  (lacks_room ? submit.refusal_if_kept : submit.refusal_if_new) = refusal;
  if (said.kind == Said::Kind::kRevise) {
    submission.what = inbox::Revise{.submit = std::move(submit)};
  } else {
    submission.what = std::move(submit);
  }
  return submission;
}

bool HasReceipt(const KnownNotice& notice) { return notice.accepted() > 0; }

}  // namespace

KnownNotice& RegionClients::NewNotice() {
  const store::NoticeKey key{
      .municipality_code = line_.random().OneOf(Municipalities()),
      .region_code = line_.random().OneOf(Regions()),
      .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", next_id_++))};
  KnownNotice& notice = line_.notices()[store::RecordKey(key)];
  notice.key = key;
  return notice;
}

Said& RegionClients::Say(KnownNotice& notice, Said::Kind kind) {
  const uint32_t before = notice.said.empty() ? 0 : notice.said.rbegin()->first;
  const uint32_t skipped = before > 0 && line_.random().OneIn(4) ? 1 : 0;
  const uint32_t revision = before + 1 + skipped;
  const auto day = static_cast<int64_t>(line_.random().Below(4));
  Said& said = notice.said[revision];
  said.kind = kind;
  said.revision = revision;
  said.created_at = line_.region_time();
  said.content = absl::StrCat("revision ", revision, " of ", notice.key.id.ToString());
  const bool only_the_date_changes = kind == Said::Kind::kRevise && before > 0 && line_.random().OneIn(5);
  if (only_the_date_changes) said.content = notice.said.at(before).content;
  said.discharge_date = absl::StrCat("day ", day);
  said.discharge_day_ends = kFirstDay + absl::Hours(24 * (day - 1) + 9);
  if (kind == Said::Kind::kWithdraw) said.reason = inbox::WithdrawalReason(1 + line_.random().Below(5));
  return said;
}

// As the broker's own clock has it, unlike what it does with what is forgotten.
contract::Reason RegionClients::RuledOut(const Said& said, const CallMade& call) {
  if (call.may_fail && line_.random().OneIn(8)) return kRuledOut;
  const absl::Time now = line_.broker_clock();
  if (said.created_at > now + contract::kClockSkew) return contract::Reason::kCreatedAtInFuture;
  if (said.created_at < now - absl::Hours(24 * 31 * contract::kIdMemoryMonths)) return contract::Reason::kNoticeTooOld;
  return contract::Reason::kNone;
}

void RegionClients::HandIn(const std::vector<Piece>& pieces) {
  std::vector<inbox::Submission> submissions;
  std::vector<CallMade> calls;
  for (const Piece& piece : pieces) {
    CallMade& call = calls.emplace_back(line_.Made(piece.said->calls++));
    call.had_receipt = piece.said->receipt.has_value();
    call.accepted = piece.notice->accepted();
    call.ruled_out = RuledOut(*piece.said, call);
    submissions.push_back(MakeSubmission(*piece.notice, *piece.said, call.ruled_out));
  }
  line_.inboxes().SubmitAll(std::move(submissions),
                            line_.Expect<Answers>([this, pieces] { HandIn(pieces); },
                                                  [this, pieces, calls](const Answers& answers) {
                                                    for (size_t place = 0; place < pieces.size(); ++place) {
                                                      line_.CountAnswer("hand in", answers.at(place).status());
                                                      line_.promises().Accepted(
                                                          *pieces[place].notice, *pieces[place].said,
                                                          line_.Answered(calls[place]), answers.at(place));
                                                    }
                                                  }));
}

void RegionClients::SubmitNew() {
  KnownNotice& notice = NewNotice();
  HandIn(notice, Say(notice, Said::Kind::kSubmit));
}

void RegionClients::HandInAgain() {
  std::vector<Piece> pieces;
  for (uint64_t count = 1 + line_.random().Below(3); count > 0; --count) {
    KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
    if (notice == nullptr) return;
    auto said = notice->said.begin();
    std::advance(said, static_cast<std::ptrdiff_t>(line_.random().Below(notice->said.size())));
    pieces.push_back({.notice = notice, .said = &said->second});
  }
  HandIn(pieces);
}

void RegionClients::SayOther() {
  KnownNotice* const notice = line_.Any(HasReceipt);
  if (notice == nullptr) return;
  auto said = notice->said.begin();
  std::advance(said, static_cast<std::ptrdiff_t>(line_.random().Below(notice->said.size())));
  if (!said->second.receipt.has_value()) return;
  Said other = said->second;
  other.content = "other content";
  if (other.is_withdrawal()) {  // another reason
    const auto next = static_cast<uint8_t>(1 + static_cast<uint8_t>(other.reason) % 5);
    other.reason = static_cast<inbox::WithdrawalReason>(next);
  }
  if (line_.random().OneIn(3)) other.kind = Said::Kind::kWithdraw;
  if (other.kind == Said::Kind::kWithdraw && other.reason == inbox::WithdrawalReason::kNone) {
    other.reason = inbox::WithdrawalReason::kSentInError;
  }
  // A withdrawal is the one thing that may come of what is forgotten by then.
  const contract::Reason ruled_out = other.is_withdrawal() ? kRuledOut : contract::Reason::kNone;
  line_.inboxes().SubmitAll({MakeSubmission(*notice, other, ruled_out)},
                            [this, notice, hears = line_.Hears()](Answers answers) {
                              if (!hears()) return;
                              line_.CountAnswer("hand in something else", answers.at(0).status());
                              line_.promises().AcceptedOther(*notice, answers.at(0));
                            });
}

void RegionClients::Revise() {
  KnownNotice* const notice = line_.Any([](const KnownNotice& known) { return known.said.size() < 6; });
  if (notice != nullptr) HandIn(*notice, Say(*notice, Said::Kind::kRevise));
}

void RegionClients::ReviseUnseen() {
  KnownNotice& notice = NewNotice();
  HandIn(notice, Say(notice, Said::Kind::kRevise));
}

void RegionClients::Withdraw() {
  KnownNotice* const notice = line_.Any([](const KnownNotice& known) { return known.said.size() < 6; });
  if (notice != nullptr) HandIn(*notice, Say(*notice, Said::Kind::kWithdraw));
}

// The submission that was on its way comes too late.
void RegionClients::WithdrawUnseen() {
  KnownNotice& notice = NewNotice();
  Said& submitted = Say(notice, Said::Kind::kSubmit);
  HandIn(notice, Say(notice, Said::Kind::kWithdraw));
  if (line_.random().OneIn(2)) HandIn(notice, submitted);
}

void RegionClients::AcknowledgeOutcomeOf(KnownNotice& notice) {
  const CallMade call = line_.Made(notice.outcome_calls++);
  line_.inboxes().AcknowledgeOutcomes(
      {.actor = ActorOf(notice.key.region_code)}, {notice.key},
      line_.Expect<Times>([this, &notice] { AcknowledgeOutcomeOf(notice); },
                          [this, &notice, call](const Times& times) {
                            line_.CountAnswer("acknowledge the outcome", times.at(0).status());
                            line_.promises().OutcomeAcknowledged(notice, line_.Answered(call), times.at(0));
                          }));
}

void RegionClients::AcknowledgeOutcome() {
  KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
  if (notice != nullptr) AcknowledgeOutcomeOf(*notice);
}

void RegionClients::Watch() {
  const std::string& region = line_.random().OneOf(Regions());
  uint64_t& next = next_batch_.try_emplace(region, 1).first->second;
  const absl::StatusOr<journal::Changes> changes = line_.inboxes().ReadChanges({region}, next);
  if (!changes.ok()) return;
  if (changes->begins_later) line_.findings().Add("a region's stream skipped something");
  next = changes->next_batch;
  std::vector<journal::Event>& told = streamed_[region];
  told.insert(told.end(), changes->events.begin(), changes->events.end());
  line_.coverage().Count("events streamed", changes->events.size());
}

void RegionClients::Look() {
  KnownNotice* const notice = line_.Any(HasReceipt);
  if (notice == nullptr) return;
  const absl::StatusOr<inbox::Record> record = line_.inboxes().Get(notice->key);
  if (!record.ok()) {
    const bool is_lost = !absl::IsUnavailable(record.status()) && !line_.promises().is_forgotten(*notice);
    if (is_lost) line_.findings().Add("an accepted notice cannot be seen", notice->key);
    return;
  }
  const absl::StatusOr<std::optional<contract::Receipt>> receipt = line_.inboxes().GetReceipt(notice->key, *record);
  const auto said = notice->said.find(record->newest.revision);
  if (!receipt.ok() || !receipt->has_value() || said == notice->said.end() || !said->second.receipt.has_value()) return;
  if (**receipt != *said->second.receipt && !said->second.AwaitsAnew() && !line_.promises().is_forgotten(*notice))
    line_.findings().Add("another receipt is shown than was given", notice->key);
}

void RegionClients::HandInAll() {
  for (auto& [key, notice] : line_.notices()) {
    Said& newest = notice.said.rbegin()->second;
    if (!newest.receipt.has_value()) HandIn(notice, newest);
  }
}

void RegionClients::SendAgain(KnownNotice& notice) {
  for (auto& [revision, said] : notice.said) {
    const bool lacks_receipt = said.anew && !said.receipt.has_value();
    if (said.lost || said.AwaitsAnew() || lacks_receipt) HandIn(notice, said);
  }
}

void RegionClients::SendAgainAll() {
  for (auto& [key, notice] : line_.notices()) SendAgain(notice);
}

void RegionClients::ForgetStreams() {
  streamed_.clear();
  next_batch_.clear();
}

void RegionClients::AcknowledgeAllOutcomes() {
  for (auto& [key, notice] : line_.notices()) AcknowledgeOutcomeOf(notice);
}

}  // namespace envej::simulation
