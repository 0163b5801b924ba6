#ifndef ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_
#define ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_

#include <functional>
#include <map>
#include <optional>
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
  // Whether operations suspended a participant, by its URI name.
  std::function<std::optional<Suspension>(const std::string& participant)> suspension;
};

// All of them, in the contract's order. Municipalities that take no part are left out unless they were seen.
v1::ListParticipantsResponse Participants(const KnownParticipants& known);

}  // namespace envej::answers

#endif  // ENVEJ_BROKER_ANSWERS_PARTICIPANT_MESSAGES_H_
