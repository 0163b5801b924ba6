#ifndef ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_
#define ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace envej::region {

// How the ward names a case: the first eight hexadecimal digits of its id, which mean nothing elsewhere.
inline std::string PatientReference(absl::string_view case_id) {
  constexpr size_t kReferenceBytes = 4;
  return absl::BytesToHexString(case_id.substr(0, kReferenceBytes));
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_
