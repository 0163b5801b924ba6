#ifndef ENVEJ_REGION_CLIENT_SOURCES_HL7_FORM_H_
#define ENVEJ_REGION_CLIENT_SOURCES_HL7_FORM_H_

#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "certs/options/yaml_reader.h"
#include "region-client/hl7/character_set.h"
#include "region-client/hl7/patient_event.h"

namespace envej::region {

// How a system writes what HL7 leaves to it, as hl7::Site has it.
struct Hl7Form {
  hl7::CharacterSet unsaid = hl7::CharacterSet::kAscii;  // what MSH-18 means where it says nothing
  std::vector<hl7::Site::DischargeTimeField> discharge_time = hl7::Site().discharge_time;
  std::set<std::string> dispositions_elsewhere = {};
  std::set<std::string> locations_elsewhere = {};
  std::set<std::string> inpatient_classes = hl7::Site().inpatient_classes;
  bool wards_by_facility = false;
  bool telephones_at_work = false;
  std::string processing_id = "P";
};

// What the configuration says of it among other keys: `character_set`, `discharge_time`, `elsewhere`,
// `inpatient_classes`, `wards`, `telephones`, `processing_id`, none of which must be there. What is wrong is reported
// to the reader.
Hl7Form ReadHl7Form(options::YamlMapping& mapping);

hl7::Site SiteOf(const Hl7Form& form, absl::TimeZone copenhagen);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_HL7_FORM_H_
