#ifndef ENVEJ_BROKER_INBOX_HAPPENING_H_
#define ENVEJ_BROKER_INBOX_HAPPENING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "proto/contract/notice.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {

// What can happen to a notice.

// Its region submits it; or revises it, which replaces all that it said before. `commitments` are the same notice's
// under each secret in use, the newest first.
struct Submit {
  uint32_t revision = 1;
  std::string origin;
  std::string discharge_date;
  absl::Time discharge_day_ends;
  std::vector<contract::ContentCommitment> commitments;
  absl::Time created_at = absl::InfiniteFuture();  // as the region says
  // Why the rules of the day refuse it, if it is new.
  std::optional<contract::Rejection> refusal_if_new;
  // Why its content cannot be taken in now, be it new or accepted anew because it was lost: there is no room.
  std::optional<contract::Rejection> refusal_if_kept = std::nullopt;
};
struct Revise {
  Submit submit;
};
// Its region withdraws it, also before it has submitted it.
struct Withdraw {
  uint32_t revision = 0;
  WithdrawalReason reason = WithdrawalReason::kNone;
  std::string origin;
  std::optional<contract::Rejection> refusal_if_new;
  // What would tell the municipality cannot be kept: its region must send it again.
  bool lacks_content = false;
};
// Its region has taken note that it was returned or is undelivered.
struct AcknowledgeOutcome {};

// A consumer of the municipality claims its item, if that is still the revision that the consumer is given.
struct TakeLease {
  uint32_t revision = 0;
  std::string token;
  absl::Time expires_at;
};
// The holder of `token` ...
struct ExtendLease {
  uint32_t revision = 0;
  std::string token;
  absl::Time expires_at;
};
struct Acknowledge {
  uint32_t revision = 0;
  std::string token;
};
struct Return {
  uint32_t revision = 0;
  std::string token;
  ReturnReason reason = ReturnReason::kNone;
};

// Operations put an item that is parked, or held back, into the inbox again.
struct Redrive {};

// An operator would return what cannot be delivered: proposes it, or confirms what another operator has proposed, which
// does it.
struct ReturnByOperations {
  std::string operator_uri;                // the operator's URI name
  std::string confirmed_proposal_id = {};  // ProposalId (transition.h); empty: proposes it
};

// Time has passed: a lease may be over, an item held back long enough, or late.
struct PassTime {};

// The time is over for which a notice is remembered that is under way no more, if it is over by `up_to`: a clock that
// is ahead makes nothing older (forgetting.h).
struct Forget {
  absl::Time up_to;
};

using Happening = std::variant<Submit, Revise, Withdraw, AcknowledgeOutcome, TakeLease, ExtendLease, Acknowledge,
                               Return, Redrive, ReturnByOperations, PassTime, Forget>;

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_HAPPENING_H_
