#ifndef ENVEJ_BROKER_WIRE_SUBMISSION_H_
#define ENVEJ_BROKER_WIRE_SUBMISSION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/inboxes.h"
#include "broker/wire/content_keeper.h"
#include "broker/wire/gate.h"
#include "broker/wire/sent_notice.h"
#include "envej/v1/intake_service.pb.h"
#include "proto/contract/content_commitment.h"
#include "proto/contract/notice_rules.h"

namespace envej::wire {

// By what a notice is kept and remembered, beside the caller's trust. All must outlive what is made with it.
struct SubmissionParts {
  const ContentKeeper& keeper;
  const std::vector<contract::CommitmentSecret>& secrets;  // of the broker, the one in use first
  bool storage_nearly_full = false;                        // content is then not taken in
};

// What the inbox is to accept of a notice that `caller` sends at `now`, as a new one or as a revision; or the refusal,
// when it is refused whether it is new or not: also REGION_NOT_SUCCEEDED. What only refuses a new notice goes along,
// for the inbox to apply. A notice that is not well-formed is refused for what the rules find wrong in it, or else as
// MESSAGE_MALFORMED.
absl::StatusOr<inbox::Submission> PrepareSubmission(const Caller& caller, SentNotice sent, const SubmissionParts& parts,
                                                    absl::Time now, contract::SentAs sent_as = contract::SentAs::kNew);

// The same of a withdrawal.
absl::StatusOr<inbox::Submission> PrepareWithdrawal(const Caller& caller, const v1::WithdrawNoticeRequest& request,
                                                    const SubmissionParts& parts, absl::Time now);

// Whose notices a call means that names this region: the caller's own where it names none. Refused:
// REGION_NOT_SUCCEEDED.
absl::StatusOr<std::string> RegionMeant(const Caller& caller, absl::string_view region_code, absl::Time now);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_SUBMISSION_H_
