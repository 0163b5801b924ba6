#ifndef ENVEJ_BROKER_ANSWERS_INBOX_STATUS_MESSAGES_H_
#define ENVEJ_BROKER_ANSWERS_INBOX_STATUS_MESSAGES_H_

#include <optional>

#include "broker/admission/participants.h"
#include "broker/operations/board.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::answers {

// What is counted of an inbox, as operations are told of it.
v1::InboxStatus ToMessage(const operations::InboxFigures& figures);
// What the register knows of its municipality.
void AddKnown(const admission::Municipality& municipality, v1::InboxStatus& message);

v1::Contact ToMessage(const admission::Contact& contact);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_INBOX_STATUS_MESSAGES_H_
