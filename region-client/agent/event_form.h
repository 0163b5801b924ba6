#ifndef ENVEJ_REGION_CLIENT_AGENT_EVENT_FORM_H_
#define ENVEJ_REGION_CLIENT_AGENT_EVENT_FORM_H_

#include <string>
#include <vector>

#include "region-client/ward/event.h"
#include "region-client/ward/site.h"

namespace envej::region {

// Systems write numbers as people typed them: here patients' numbers are as they are looked up by (patient_number.h),
// phone numbers in E.164, each once. What is no phone number is as if it were not said. `source` handed them over.
std::vector<ward::Event> InTheirForm(const std::vector<ward::Event>& said, const std::string& source,
                                     const ward::Site& site);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_EVENT_FORM_H_
