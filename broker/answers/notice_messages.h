#ifndef ENVEJ_BROKER_ANSWERS_NOTICE_MESSAGES_H_
#define ENVEJ_BROKER_ANSWERS_NOTICE_MESSAGES_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/notice_lists.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::answers {

// A notice as operations see it at `now`: of one that cannot be read its names alone.
v1::OperationsNotice ToMessage(const inbox::FoundNotice& found, absl::Time now);
// The same with what happened to it.
v1::NoticeTrace ToTrace(const inbox::FoundNotice& found, absl::Time now);

// What is asked for at `now`; of what is late, but for the place to go on from. Refused: REQUEST_OUT_OF_RANGE,
// PAGE_TOKEN_INVALID.
absl::StatusOr<inbox::NoticeQuery> ToQuery(const v1::ListOperationsNoticesRequest& request, absl::Time now);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_NOTICE_MESSAGES_H_
