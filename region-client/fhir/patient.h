#ifndef ENVEJ_REGION_CLIENT_FHIR_PATIENT_H_
#define ENVEJ_REGION_CLIENT_FHIR_PATIENT_H_

#include "absl/time/time.h"
#include "region-client/fhir/element.h"
#include "region-client/ward/event.h"

namespace envej::fhir {

// Fills in what a Patient says of who it is, when born, whether deceased, and how reached. A number without a value is
// left out; none at all is wrong, and so is a birth date or a death that cannot be read. Names, addresses and numbers
// that are said to be old are left out, and so are numbers at work.
void ReadPatient(const Place& patient, const absl::TimeZone& copenhagen, ward::Event& event);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_PATIENT_H_
