#ifndef ENVEJ_REGION_CLIENT_PAGES_CASE_JSON_H_
#define ENVEJ_REGION_CLIENT_PAGES_CASE_JSON_H_

#include <optional>
#include <string>

#include "region-client/agent/agent_store.h"
#include "region-client/ward/joining.h"

namespace envej::region {

// What has become of a patient's consent and notices, as the page is told it: nothing of who the patient is.
//   {"outcome": "found", "patient_reference", "broker_away", "stay_state", "discharge_date", "why_not",
//    "consent": {"municipality_code", "contact_given_on", "disclosure_given_on", "registered_at", "withdrawn_at"} or
//    null, "notices": [{"notice_id", "municipality_code", "revision", "standing", "discharge_date", "changed_at",
//    "refused_for",
//                 "return_reason", "withdrawal_reason"}]}
// Enumerations by their names in the contract, times in RFC 3339; what is not known is an empty text.
std::string CaseJson(const StoredCase& stored, const std::optional<ward::WhyNot>& why_not, bool broker_away);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_CASE_JSON_H_
