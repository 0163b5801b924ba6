#ifndef ENVEJ_REGION_CLIENT_WARD_PATIENT_NUMBER_H_
#define ENVEJ_REGION_CLIENT_WARD_PATIENT_NUMBER_H_

#include <string>

#include "region-client/ward/event.h"
#include "region-client/ward/site.h"

namespace envej::ward {

// A number of a patient as it is looked up by, whoever wrote it: without blanks, and a CPR number without its hyphen.
// Other hyphens stay, since 1-23 and 12-3 may be two patients.
std::string NumberInItsForm(const std::string& written);

// As above; where the authority is another name of the one that identifies at the site, under that.
PatientId InItsForm(PatientId said, const Site& site);

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_PATIENT_NUMBER_H_
