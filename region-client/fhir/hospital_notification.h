#ifndef ENVEJ_REGION_CLIENT_FHIR_HOSPITAL_NOTIFICATION_H_
#define ENVEJ_REGION_CLIENT_FHIR_HOSPITAL_NOTIFICATION_H_

#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "region-client/fhir/bundle.h"
#include "region-client/fhir/message.h"
#include "region-client/ward/event.h"

namespace envej::fhir {

// What a message tells of its Encounters: those that its header has in focus, each once and at most kEncounters, or the
// only one that it has. Meaningless where something is wrong, which is noted at the places of the bundle.
//
// An event's times: what happens first is said to have happened when the Encounter begins or ends; a correction, a
// cancellation and word of a death or of none, when the message's Provenance says, so that they come after what they
// correct. Nothing has happened that lies ahead. The event of a corrected discharge is that of a discharge. A discharge
// says its day, or it is wrong, unless it is a death; and so is what says nowhere at which time of day it was.
std::variant<Problem, NoConcern, std::vector<ward::Event>> ReadNotification(const Bundle& bundle,
                                                                            const absl::TimeZone& copenhagen,
                                                                            absl::Time now);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_HOSPITAL_NOTIFICATION_H_
