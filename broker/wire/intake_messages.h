#ifndef ENVEJ_BROKER_WIRE_INTAKE_MESSAGES_H_
#define ENVEJ_BROKER_WIRE_INTAKE_MESSAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "broker/admission/participants.h"
#include "broker/inbox/inboxes.h"
#include "envej/v1/intake_service.pb.h"

namespace envej::wire {

// The broker's own values as messages of the intake service, and back.
v1::SubmitNoticeResponse ToMessage(const inbox::Accepted& accepted);
v1::ReviseNoticeResponse ToRevisionMessage(const inbox::Accepted& accepted);
v1::WithdrawNoticeResponse ToWithdrawalMessage(const inbox::Accepted& accepted);
v1::NoticeStatus ToStatusMessage(const std::string& municipality_code, const contract::NoticeId& id,
                                 const inbox::Record& record);
v1::NoticeStatus ToStatusMessage(const std::string& municipality_code, const inbox::ListedNotice& notice);
// With its certificates that are in force at `now`.
v1::Municipality ToMessage(const admission::Municipality& municipality, bool agreement_in_force, absl::Time now);

// Refused: REQUEST_OUT_OF_RANGE, PAGE_TOKEN_INVALID.
absl::StatusOr<inbox::ListQuery> ToListQuery(const std::string& region_code, const v1::ListNoticesRequest& request);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_INTAKE_MESSAGES_H_
