#ifndef ENVEJ_REGION_CLIENT_FHIR_ACKNOWLEDGEMENT_H_
#define ENVEJ_REGION_CLIENT_FHIR_ACKNOWLEDGEMENT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "region-client/fhir/element.h"
#include "region-client/fhir/message.h"
#include "region-client/fhir/problem.h"

namespace envej::fhir {

// The ids of an acknowledgement and of what is in it: new UUIDs, in their canonical text, for each message. The answer
// to a repeated message is the same with the same ids and time.
struct AcknowledgementIds {
  std::string bundle;
  std::string header;
  std::string provenance;
  std::string outcome;
  std::string sender;
  std::string receiver;
};

// MedCom's Acknowledgement 2.0 of a message, in the form that it came in: "ok" where there is no problem,
// "transient-error" where there is one of Issue::kTransient, and then the sender may repeat it; else "fatal-error".
//
// What could not be read of the message is said to be unknown: its header's id as "unknown", which is the id of none.
// Not for an acknowledgement (NoConcern::kAcknowledgement): these are not answered.
std::string WriteAcknowledgement(const Message& message, const std::optional<Problem>& problem,
                                 const AcknowledgementIds& ids, absl::Time now, Form form);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_ACKNOWLEDGEMENT_H_
