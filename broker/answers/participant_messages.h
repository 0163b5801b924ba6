#ifndef ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_
#define ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_

#include <map>
#include <string>

#include "broker/admission/participants.h"
#include "broker/operations/attendance.h"
#include "broker/suspensions.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::answers {

// What is known of those who take part.
struct KnownParticipants {
  const admission::Participants& participants;
  std::map<std::string, operations::Attendant> seen;  // by URI name
  std::map<std::string, Suspension> suspensions;      // by operations, likewise
};

// All of them, in the contract's order. Municipalities that take no part are left out unless they were seen or are
// suspended.
v1::ListParticipantsResponse Participants(const KnownParticipants& known);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_
