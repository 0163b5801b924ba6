#ifndef ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_
#define ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace envej::region {

// Of a case's 16 random bytes: that two of two million cases have the same is less likely than one in a million.
inline constexpr size_t kReferenceBytes = 8;

// How the ward names a case: the first 16 hexadecimal digits of its id, which mean nothing elsewhere.
inline std::string PatientReference(absl::string_view case_id) {
  return absl::BytesToHexString(case_id.substr(0, kReferenceBytes));
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_PATIENT_REFERENCE_H_
