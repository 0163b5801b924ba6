#include "region-client/fhir/identifier.h"

namespace envej::fhir {

std::string IdentifierOf(const Place& resource, absl::string_view system) {
  for (const Place& identifier : resource.All("identifier")) {
    if (identifier.Text("system") == system) return identifier.Text("value");
  }
  return "";
}

std::string FirstIdentifierOf(const Place& resource) {
  for (const Place& identifier : resource.All("identifier")) {
    if (std::string value = identifier.Text("value"); !value.empty()) return value;
  }
  return "";
}

}  // namespace envej::fhir
