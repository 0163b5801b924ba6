#ifndef ENVEJ_BROKER_WIRE_SUBMISSION_H_
#define ENVEJ_BROKER_WIRE_SUBMISSION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/admission/admission.h"
#include "broker/inbox/inboxes.h"
#include "broker/wire/sent_notice.h"
#include "certs/identity.h"
#include "proto/contract/content_commitment.h"

namespace envej::wire {

// What the inbox is to accept of a notice that `caller` sends at `now`; or the refusal, when it is refused whether it
// is new or not. What only refuses a new notice goes along, for the inbox to apply. A notice that is not well-formed is
// refused for what the rules find wrong in it, or else as MESSAGE_MALFORMED.
// `secrets`: those of the broker, the one in use first.
absl::StatusOr<inbox::Submission> PrepareSubmission(const certs::Identity& caller, const SentNotice& sent,
                                                    const admission::Admission& admission,
                                                    const std::vector<contract::CommitmentSecret>& secrets,
                                                    absl::Time now);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_SUBMISSION_H_
