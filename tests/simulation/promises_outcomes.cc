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

void Promises::Redriven(const KnownNotice& notice, const CallMade& call, const absl::StatusOr<absl::Time>& answer) {
  if (answer.ok() || Excuses(call, answer.status()) || is_forgotten(notice)) return;
  if (RejectionOf(answer.status()).reason != Reason::kNoticeNotFound || notice.accepted() > 0) {
    findings_.Add(absl::StrCat("it could not be redriven: ", answer.status().message()), notice.key);
  }
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
