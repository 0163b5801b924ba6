#ifndef ENVEJ_BROKER_WIRE_OPERATIONS_MESSAGES_H_
#define ENVEJ_BROKER_WIRE_OPERATIONS_MESSAGES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "broker/inbox/inboxes.h"
#include "broker/suspensions.h"
#include "broker/wire/caller.h"
#include "broker/wire/fair_share.h"
#include "certs/identity.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::wire {

// The notice that is named; nothing if there can be none of that name.
std::optional<store::NoticeKey> ToNoticeKey(const v1::OperationsNoticeName& name);

// The participant of the caller's register that the URI name names, whichever its systems. Refused:
// PARTICIPANT_UNKNOWN.
absl::StatusOr<certs::Identity> ToParticipant(const std::string& uri, const Caller& caller);

// Of operations, somebody beside the caller stays unsuspended: who may be that one, if it is they who would be
// suspended.
Suspensions::OneStays WhoMayStay(const certs::Identity& participant, const Caller& caller);

// OK if the caller may put so many back at once, and has not put back too many lately. Refused: BATCH_EMPTY,
// BATCH_TOO_LARGE, RATE_EXCEEDED.
absl::Status AdmitRedrive(const v1::RedriveNoticesRequest& request, const Caller& caller, FairShare& share);

v1::ReturnNoticeResponse ToMessage(const inbox::ReturnedByOperations& returned);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_OPERATIONS_MESSAGES_H_
