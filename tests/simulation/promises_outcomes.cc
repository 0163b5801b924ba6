// What regions and operations are answered of notices that found another end, and what a loss of power leaves.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulation/promises.h"

namespace envej::simulation {

using contract::Reason;
using contract::RejectionOf;

void Promises::OutcomeAcknowledged(KnownNotice& notice, const CallMade& call,
                                   const absl::StatusOr<absl::Time>& answer) {
  if (answer.ok()) {
    if (notice.outcome_acknowledged.has_value() && *answer < *notice.outcome_acknowledged) {
      findings_.Add("an outcome was noted earlier than it was", notice.key);
    }
    notice.outcome_acknowledged = *answer;
    notice.ended = std::max(notice.ended, notice.accepted());
    return;
  }
  if (Excuses(call, answer.status()) || is_forgotten(notice)) return;
  const Reason reason = RejectionOf(answer.status()).reason;
  if (reason == Reason::kNoticeNotFound && notice.accepted() > 0) {
    findings_.Add("an accepted notice was not found", notice.key);
  } else if (reason == Reason::kOutcomeNotReached && notice.outcome_acknowledged.has_value() &&
             notice.called() <= notice.ended) {
    findings_.Add("an outcome that was noted is no outcome any more", notice.key);
  } else if (reason != Reason::kNoticeNotFound && reason != Reason::kOutcomeNotReached) {
    findings_.Add(absl::StrCat("an outcome could not be noted: ", answer.status().message()), notice.key);
  }
}

void Promises::Redriven(const KnownNotice& notice, const CallMade& call, const absl::Status& answer) {
  if (answer.ok() || Excuses(call, answer) || is_forgotten(notice)) return;
  if (RejectionOf(answer).reason != Reason::kNoticeNotFound || notice.accepted() > 0) {
    findings_.Add(absl::StrCat("it could not be redriven: ", answer.message()), notice.key);
  }
}

void Promises::CheckRefusedReturn(const KnownNotice& notice, const inbox::ReturnByOperations& asked,
                                  const absl::Status& status) {
  const auto any = [&](auto calls) {
    return std::any_of(notice.claims.begin(), notice.claims.end(), [&](const Claim& each) { return calls(each) > 0; });
  };
  bool is_true = true;
  switch (RejectionOf(status).reason) {
    case Reason::kNoticeNotFound:
      is_true = notice.accepted() == 0;
      break;
    case Reason::kNoticeAlreadyAcknowledged:
      is_true = any([](const Claim& each) { return each.acknowledge_calls; });
      break;
    case Reason::kNoticeAlreadyReturned:  // by its municipality
      is_true = any([](const Claim& each) { return each.return_calls; });
      break;
    case Reason::kNoticeWithdrawn:
      is_true = notice.WithdrawalCalled();
      break;
    case Reason::kNoticeUndelivered:
      break;
    case Reason::kReturnProposalOver:
      is_true = !asked.confirmed_proposal_id.empty();
      break;
    case Reason::kReturnProposerIsCaller:
      is_true = !asked.confirmed_proposal_id.empty() && notice.proposed_by.contains(asked.operator_uri);
      break;
    default:
      is_true = false;
  }
  if (!is_true)
    findings_.Add(absl::StrCat("a return by operations was refused untruly: ", status.message()), notice.key);
}

void Promises::ReturnedByOperations(KnownNotice& notice, const inbox::ReturnByOperations& asked, const CallMade& call,
                                    const absl::StatusOr<inbox::ReturnedByOperations>& answer) {
  if (!answer.ok()) {
    if (!Excuses(call, answer.status()) && !is_forgotten(notice)) CheckRefusedReturn(notice, asked, answer.status());
    return;
  }
  if (answer->proposal.has_value() == answer->returned_at.has_value()) {
    return findings_.Add("an operator was told neither or both of a proposal and a return", notice.key);
  }
  if (answer->proposal.has_value()) {
    if (!asked.confirmed_proposal_id.empty()) findings_.Add("what was confirmed was proposed instead", notice.key);
    if (call.at >= answer->proposal->proposed_at + absl::Hours(24)) {
      findings_.Add("a proposal that is over was confirmed", notice.key);
    }
    notice.proposals.push_back(*answer->proposal);
    return;
  }
  if (!MayBeReturnedByOperations(notice)) findings_.Add("a return was answered that nobody confirmed", notice.key);
  if (notice.returned_by_operators.has_value() && *answer->returned_at < *notice.returned_by_operators) {
    findings_.Add("a return by operations was made earlier than it was", notice.key);
  }
  notice.returned_by_operators = *answer->returned_at;
}

void Promises::PowerLost(uint64_t durable) {
  for (auto& [key, notice] : notices_) {
    for (Claim& claim : notice.claims) {
      if (claim.carried > durable) claim.in_doubt = true;
      if (claim.extended > durable) claim.expires_at = claim.first_expires_at;
    }
  }
}

}  // namespace envej::simulation
