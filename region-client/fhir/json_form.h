#ifndef ENVEJ_REGION_CLIENT_FHIR_JSON_FORM_H_
#define ENVEJ_REGION_CLIENT_FHIR_JSON_FORM_H_

#include <variant>

#include "absl/strings/string_view.h"
#include "region-client/fhir/element.h"

namespace envej::fhir {

// FHIR's JSON form (http://hl7.org/fhir/R4/json.html), as `ReadElements`, of UTF-8 without NUL. The root's name is its
// resourceType.
std::variant<Element, Problem> ReadJson(absl::string_view text);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_JSON_FORM_H_
