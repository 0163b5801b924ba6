#ifndef ENVEJ_REGION_CLIENT_FHIR_XML_FORM_H_
#define ENVEJ_REGION_CLIENT_FHIR_XML_FORM_H_

#include <variant>

#include "absl/strings/string_view.h"
#include "region-client/fhir/element.h"

namespace envej::fhir {

// FHIR's XML form (http://hl7.org/fhir/R4/xml.html), as `ReadElements`, of UTF-8 without NUL. The root's name is its
// resource's type.
std::variant<Element, Problem> ReadXml(absl::string_view text);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_XML_FORM_H_
