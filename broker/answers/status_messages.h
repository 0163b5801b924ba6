#ifndef ENVEJ_BROKER_ANSWERS_STATUS_MESSAGES_H_
#define ENVEJ_BROKER_ANSWERS_STATUS_MESSAGES_H_

#include "absl/strings/string_view.h"
#include "broker/operations/condition.h"
#include "broker/operations/durations.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::answers {

// How the broker is, with the 16 bytes that name its store.
v1::GetBrokerStatusResponse ToMessage(const operations::Condition& condition, const operations::Durations& durations,
                                      absl::string_view store_incarnation);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_STATUS_MESSAGES_H_
