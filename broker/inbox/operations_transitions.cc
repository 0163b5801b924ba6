#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
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

// One proposal stands at a time: whoever proposes it too is told of that one.
Decision Propose(const Record& record, const std::optional<ReturnProposal>& standing, const ReturnByOperations& call,
                 const Circumstances& circumstances) {
  if (standing.has_value()) return Decision::Repeated();
  Record next = record;
  next.return_proposal = {.operator_uri = call.operator_uri, .proposed_at = circumstances.now};
  return Decision::Changed(std::move(next), {.events = {{EventType::kReturnProposed}}});
}

}  // namespace

std::optional<ReturnProposal> StandingProposal(const Record& record, absl::Time now) {
  const std::optional<ReturnProposal>& proposal = record.return_proposal;
  if (!proposal.has_value() || now >= proposal->proposed_at + kReturnProposalStands) return std::nullopt;
  return proposal;
}

std::string ProposalId(const ReturnProposal& proposal) {
  return absl::StrCat(absl::Hex(absl::ToUnixMicros(proposal.proposed_at)));
}

// That it is late is only told: nothing becomes of it.
bool EndsProposal(EventType type) {
  return type != EventType::kReturnProposed && type != EventType::kOverdue && type != EventType::kUndelivered;
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

// It destroys what a citizen consented to, unseen by the municipality: no operator does that alone, and none confirms
// what was not seen.
Decision On(const std::optional<Record>& state, const ReturnByOperations& call, const Circumstances& circumstances) {
  if (!state.has_value()) return Decision::Rejected(Reason::kNoticeNotFound);
  if (WasReturnedByOperations(*state)) return Decision::Repeated();
  if (!IsUnderWay(state->state)) return Decision::Rejected(WhyConcluded(state->state));
  const std::optional<ReturnProposal> proposal = StandingProposal(*state, circumstances.now);
  if (call.confirmed_proposal_id.empty()) return Propose(*state, proposal, call, circumstances);
  if (!proposal.has_value() || ProposalId(*proposal) != call.confirmed_proposal_id) {
    return Decision::Rejected(Reason::kReturnProposalOver);
  }
  if (proposal->operator_uri == call.operator_uri) return Decision::Rejected(Reason::kReturnProposerIsCaller);
  Record next = *state;
  next.state = State::kReturned;
  next.concluded_at = circumstances.now;
  next.return_reason = ReturnReason::kNotDeliverable;
  next.held_until.reset();
  return Decision::Changed(std::move(next),
                           {.destroy_content = true,
                            .events = {{EventType::kReturned, static_cast<uint32_t>(ReturnReason::kNotDeliverable)}}});
}

}  // namespace envej::inbox
