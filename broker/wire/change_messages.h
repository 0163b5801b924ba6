#ifndef ENVEJ_BROKER_WIRE_CHANGE_MESSAGES_H_
#define ENVEJ_BROKER_WIRE_CHANGE_MESSAGES_H_

#include "broker/inbox/inboxes.h"
#include "envej/v1/intake_service.pb.h"

namespace envej::wire {

// One thing that happened to a notice, as its region is told of it.
v1::NoticeChange ToMessage(const journal::Event& event);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_CHANGE_MESSAGES_H_
