#ifndef ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
#define ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_

#include <optional>

#include "envej/ward/v1/case.pb.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/rejection.h"
#include "region-client/ward/event.h"

namespace envej::region {

// What is asked of an answer that staff register, on whichever way: the page, a command, an import, a folder. What one
// refuses all refuse, for the same reason. Thread-safe.

// The reason for which CheckPatient refuses: the contract has no name for it.
inline constexpr char kPatientNumberInvalid[] = "PATIENT_NUMBER_INVALID";

// A number of a patient in its form (region-client/ward/patient_number.h). Nothing if it is none: empty, longer than 64
// characters, or with a control character in it or in its authority.
std::optional<ward::PatientId> CheckPatient(const ward::v1::PatientId& said);

// Puts what staff wrote into its form (text in normal form C without blanks around it, phone numbers in E.164), and
// finds every field for which a notice that is made from it could never be sent: each once, by its path in
// RegisteredConsent, such as "contact.phone_numbers[1]". What the ward's systems can still say may be empty: the name
// and the phone numbers. A criterion that is not met is an answer. Of a no to either part nothing is kept, and nothing
// is asked.
std::optional<contract::Rejection> CheckConsent(ward::v1::RegisteredConsent& consent, const contract::Moment& now);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
