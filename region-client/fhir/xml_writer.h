#ifndef ENVEJ_REGION_CLIENT_FHIR_XML_WRITER_H_
#define ENVEJ_REGION_CLIENT_FHIR_XML_WRITER_H_

#include <nlohmann/json.hpp>
#include <string>

namespace envej::fhir {

// The XML form of a resource in the JSON form, whose members stand in the order that XML demands. A narrative's "div"
// must be well-formed.
std::string WriteXml(const nlohmann::ordered_json& resource);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_XML_WRITER_H_
