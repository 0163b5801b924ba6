#ifndef ENVEJ_BROKER_WIRE_EVENT_MESSAGES_H_
#define ENVEJ_BROKER_WIRE_EVENT_MESSAGES_H_

#include <cstdint>

#include "broker/inbox/inboxes.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::wire {

// An event of the journal's batch, as operations are told of it.
v1::OperationsEvent ToMessage(const journal::Event& event, uint64_t batch);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_EVENT_MESSAGES_H_
