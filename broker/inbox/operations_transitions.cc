#include <utility>

#include "broker/inbox/transitions.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;

// Why what is under way no more cannot be returned.
Reason WhyConcluded(State state) {
  switch (state) {
    case State::kAcknowledged:
      return Reason::kNoticeAlreadyAcknowledged;
    case State::kReturned:
      return Reason::kNoticeAlreadyReturned;
    case State::kWithdrawn:
      return Reason::kNoticeWithdrawn;
    default:
      return Reason::kNoticeUndelivered;
  }
}

bool WasReturnedByOperations(const Record& record) {
  return record.state == State::kReturned && record.return_reason == ReturnReason::kNotDeliverable;
}

}  // namespace

std::optional<ReturnProposal> StandingProposal(const Record& record, absl::Time now) {
  const std::optional<ReturnProposal>& proposal = record.return_proposal;
  if (!proposal.has_value() || now >= proposal->proposed_at + kReturnProposalStands) return std::nullopt;
  return proposal;
}

Decision On(const std::optional<Record>& state, const Redrive&, const Circumstances&) {
  if (!state.has_value()) return Decision::Rejected(Reason::kNoticeNotFound);
  const bool held = state->state == State::kWaiting && state->held_until.has_value();
  if (state->state != State::kParked && !held) return Decision::Unchanged();
  Record next = *state;
  next.state = State::kWaiting;
  next.failure_count = 0;
  next.held_until.reset();
  return Decision::Changed(std::move(next), {.events = {{EventType::kRedriven}}});
}

// It destroys what a citizen consented to, unseen by the municipality: no operator does that alone.
Decision On(const std::optional<Record>& state, const ReturnByOperations& call, const Circumstances& circumstances) {
  if (!state.has_value()) return Decision::Rejected(Reason::kNoticeNotFound);
  if (WasReturnedByOperations(*state)) return Decision::Repeated();
  if (!IsUnderWay(state->state)) return Decision::Rejected(WhyConcluded(state->state));
  const std::optional<ReturnProposal> proposal = StandingProposal(*state, circumstances.now);
  if (proposal.has_value() && proposal->operator_uri == call.operator_uri) return Decision::Repeated();
  Record next = *state;
  if (!proposal.has_value()) {
    next.return_proposal = {.operator_uri = call.operator_uri, .proposed_at = circumstances.now};
    return Decision::Changed(std::move(next), {.events = {{EventType::kReturnProposed}}});
  }
  next.state = State::kReturned;
  next.concluded_at = circumstances.now;
  next.return_reason = ReturnReason::kNotDeliverable;
  next.held_until.reset();
  return Decision::Changed(std::move(next),
                           {.destroy_content = true,
                            .events = {{EventType::kReturned, static_cast<uint32_t>(ReturnReason::kNotDeliverable)}}});
}

}  // namespace envej::inbox
