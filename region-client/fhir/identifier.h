#ifndef ENVEJ_REGION_CLIENT_FHIR_IDENTIFIER_H_
#define ENVEJ_REGION_CLIENT_FHIR_IDENTIFIER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "region-client/fhir/element.h"

namespace envej::fhir {

// Who gives the numbers that MedCom's messages name organisations by.
inline constexpr absl::string_view kSorSystem = "urn:oid:1.2.208.176.1.1";
inline constexpr absl::string_view kEanSystem = "https://www.gs1.org/gln";

// The first identifier of a resource in that system; empty if it has none.
std::string IdentifierOf(const Place& resource, absl::string_view system);
// The first one in any system; empty if it has none.
std::string FirstIdentifierOf(const Place& resource);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_IDENTIFIER_H_
