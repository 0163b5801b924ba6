#include <algorithm>
#include <utility>

#include "broker/inbox/transitions.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;

bool IsOneOf(const contract::ContentCommitment& commitment, const std::vector<contract::ContentCommitment>& offered) {
  return std::find(offered.begin(), offered.end(), commitment) != offered.end();
}

// What revision 1 said; nothing if the notice was withdrawn before it was submitted.
const Acceptance* SubmissionOf(const Record& record) {
  if (record.first.has_value()) return &*record.first;
  return record.newest.revision == 1 && record.withdrawal_reason == WithdrawalReason::kNone ? &record.newest : nullptr;
}

// What was accepted before and lost with the store is accepted anew, in its place: by no rule of today's, since it was
// accepted. But there must be room for its content, as for what is new.
Decision AcceptAnew(const Record& missing, const Submit& said, const Circumstances& circumstances) {
  if (said.refusal_if_kept.has_value()) return Decision::Rejected(*said.refusal_if_kept);
  Record next = missing;
  Renew(next, circumstances.now);
  next.newest = {.revision = said.revision,
                 .accepted_at = circumstances.now,
                 .commitment = said.commitments.front(),
                 .position = std::nullopt};
  next.origin = said.origin;
  next.discharge_date = said.discharge_date;
  next.discharge_day_ends = said.discharge_day_ends;
  // What was told as past its discharge may have been another day's.
  next.late &= static_cast<uint8_t>(~BitOf(Late::kPastDischarge));
  return Decision::Changed(std::move(next), {.store_content = true, .events = {{EventType::kAccepted}}});
}

Decision AcceptAnew(const Record& missing, const Withdraw& said, const Circumstances& circumstances) {
  if (said.lacks_content) return Decision::Repeated();  // it stays missing
  Record next = missing;
  Renew(next, circumstances.now);
  next.newest.accepted_at = circumstances.now;
  next.newest.position.reset();
  next.origin = said.origin;
  return Decision::Changed(std::move(next), {.store_content = true,
                                             .events = {{EventType::kWithdrawn, static_cast<uint32_t>(said.reason)}}});
}

}  // namespace

void Enter(Record& record, absl::Time now) {
  record.entered_at = now;
  record.leased_before = record.leased_before || record.lease_count > 0;
  record.lease_count = 0;
  record.first_leased_at = absl::Time();
  record.late = 0;
  record.undelivered_told = 0;
  record.undelivered_told_at = absl::Time();
}

void Renew(Record& record, absl::Time now) {
  if (!IsUnderWay(record.state)) Enter(record, now);
  record.state = State::kWaiting;
  record.token.clear();
  record.lease_expires_at = absl::Time();
  record.failure_count = 0;
  record.held_until.reset();
  record.concluded_at = absl::Time();
  record.return_reason = ReturnReason::kNone;
  record.outcome_acknowledged_at.reset();
}

void Supersede(Record& record, Acceptance newest) {
  if (!record.first.has_value() && SubmissionOf(record) != nullptr) record.first = std::move(record.newest);
  record.newest = std::move(newest);
}

Decision On(const std::optional<Record>& state, const Submit& submit, const Circumstances& circumstances) {
  if (state.has_value()) {
    const Acceptance* const submitted = SubmissionOf(*state);
    if (submitted == nullptr) return Decision::Rejected(Reason::kNoticeWithdrawn);
    if (!IsOneOf(submitted->commitment, submit.commitments)) return Decision::Rejected(Reason::kNoticeIdReused);
    const bool is_missing = state->state == State::kMissing && submitted == &state->newest;
    return is_missing ? AcceptAnew(*state, submit, circumstances) : Decision::Repeated();
  }
  if (submit.refusal_if_new.has_value()) return Decision::Rejected(*submit.refusal_if_new);
  if (submit.created_at <= circumstances.forgotten_until) return Decision::Rejected(Reason::kNoticeTooOld);
  if (submit.refusal_if_kept.has_value()) return Decision::Rejected(*submit.refusal_if_kept);
  Record record;
  record.origin = submit.origin;
  record.discharge_date = submit.discharge_date;
  record.discharge_day_ends = submit.discharge_day_ends;
  record.leased_before = submit.created_at <= circumstances.unknown_until;
  record.newest = {.revision = submit.revision,
                   .accepted_at = circumstances.now,
                   .commitment = submit.commitments.front(),
                   .position = std::nullopt};
  Enter(record, circumstances.now);
  return Decision::Changed(std::move(record), {.store_content = true, .events = {{EventType::kAccepted}}});
}

Decision On(const std::optional<Record>& state, const Revise& revise, const Circumstances& circumstances) {
  const Submit& said = revise.submit;
  if (!state.has_value()) return Decision::Rejected(Reason::kNoticeNotFound);
  const bool is_withdrawn = state->withdrawal_reason != WithdrawalReason::kNone;
  if (!is_withdrawn && said.revision == state->newest.revision && IsOneOf(state->newest.commitment, said.commitments)) {
    return state->state == State::kMissing ? AcceptAnew(*state, said, circumstances) : Decision::Repeated();
  }
  if (is_withdrawn) return Decision::Rejected(Reason::kNoticeWithdrawn);
  if (state->state == State::kUndelivered) return Decision::Rejected(Reason::kNoticeUndelivered);
  if (said.revision <= state->newest.revision) return Decision::Rejected(Reason::kRevisionStale);
  if (said.refusal_if_new.has_value()) return Decision::Rejected(*said.refusal_if_new);
  if (said.refusal_if_kept.has_value()) return Decision::Rejected(*said.refusal_if_kept);
  Record next = *state;
  const bool destroy = IsUnderWay(next.state);
  Renew(next, circumstances.now);
  Supersede(next, {.revision = said.revision,
                   .accepted_at = circumstances.now,
                   .commitment = said.commitments.front(),
                   .position = std::nullopt});
  next.kind = next.delivered_revision == 0 ? ItemKind::kNotice : ItemKind::kRevision;
  next.origin = said.origin;
  if (next.discharge_date != said.discharge_date) {
    next.discharge_date = said.discharge_date;
    next.discharge_day_ends = said.discharge_day_ends;
    next.late &= static_cast<uint8_t>(~BitOf(Late::kPastDischarge));
  }
  return Decision::Changed(std::move(next),
                           {.destroy_content = destroy, .store_content = true, .events = {{EventType::kAccepted}}});
}

// What nobody was ever given vanishes. Who was given it may have it, acknowledged or not, and is told; after a restore
// also of what may have been here before. That is an item of its own, with all its time before it.
Decision On(const std::optional<Record>& state, const Withdraw& withdraw, const Circumstances& circumstances) {
  if (state.has_value() && state->withdrawal_reason != WithdrawalReason::kNone) {
    const bool same = state->newest.revision == withdraw.revision && state->withdrawal_reason == withdraw.reason;
    if (!same) return Decision::Rejected(Reason::kNoticeWithdrawn);
    return state->state == State::kMissing ? AcceptAnew(*state, withdraw, circumstances) : Decision::Repeated();
  }
  if (state.has_value() && withdraw.revision <= state->newest.revision) {
    return Decision::Rejected(Reason::kRevisionStale);
  }
  if (withdraw.refusal_if_new.has_value()) return Decision::Rejected(*withdraw.refusal_if_new);
  Record next = state.value_or(Record());
  const bool destroy = state.has_value() && IsUnderWay(next.state);
  if (!state.has_value()) next.leased_before = circumstances.now < circumstances.unknown_until + kRemembered;
  const bool tell = MayBeHeld(next);
  Acceptance withdrawn{
      .revision = withdraw.revision, .accepted_at = circumstances.now, .commitment = {}, .position = std::nullopt};
  if (state.has_value()) {
    Renew(next, circumstances.now);
    if (tell) Enter(next, circumstances.now);
    Supersede(next, std::move(withdrawn));
  } else {
    next.origin = withdraw.origin;
    next.newest = std::move(withdrawn);
    Enter(next, circumstances.now);
  }
  next.kind = ItemKind::kWithdrawal;
  next.withdrawal_reason = withdraw.reason;
  std::vector<Decision::Told> events = {{EventType::kWithdrawn, static_cast<uint32_t>(withdraw.reason)}};
  if (!tell) {
    next.state = State::kWithdrawn;
    next.concluded_at = circumstances.now;
  } else if (withdraw.lacks_content) {
    next.state = State::kMissing;
    events.push_back({EventType::kMissing});
  }
  return Decision::Changed(
      std::move(next),
      {.destroy_content = destroy, .store_content = tell && !withdraw.lacks_content, .events = std::move(events)});
}

Decision On(const std::optional<Record>& state, const AcknowledgeOutcome&, const Circumstances& circumstances) {
  if (!state.has_value()) return Decision::Rejected(Reason::kNoticeNotFound);
  if (state->outcome_acknowledged_at.has_value()) return Decision::Repeated();
  const bool under_way = IsUnderWay(state->state);
  const bool has_outcome = state->state == State::kReturned || state->state == State::kUndelivered ||
                           (under_way && state->undelivered_told > 0);
  if (!has_outcome) return Decision::Rejected(Reason::kOutcomeNotReached);
  Record next = *state;
  next.outcome_acknowledged_at = circumstances.now;
  if (under_way) {
    next.state = State::kUndelivered;
    next.concluded_at = circumstances.now;
  }
  return Decision::Changed(std::move(next),
                           {.destroy_content = under_way, .events = {{EventType::kOutcomeAcknowledged}}});
}

}  // namespace envej::inbox
