#ifndef ENVEJ_REGION_CLIENT_AGENT_STORE_NAMES_H_
#define ENVEJ_REGION_CLIENT_AGENT_STORE_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/at_rest.h"

namespace envej::region {

// Under which names a number of a patient, and a message of a source, stand in the store: one under each secret, the
// one in use first.
inline std::vector<std::string> NamesOfPatient(const AtRest& at_rest, const ward::v1::PatientId& patient) {
  return at_rest.NamesOf({"patient", patient.authority(), patient.value()});
}

inline std::vector<std::string> NamesOfMessage(const AtRest& at_rest, absl::string_view source,
                                               absl::string_view message_id) {
  return at_rest.NamesOf({"message", source, message_id});
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_STORE_NAMES_H_
