#ifndef ENVEJ_REGION_CLIENT_PAGES_CONSENT_FAULTS_H_
#define ENVEJ_REGION_CLIENT_PAGES_CONSENT_FAULTS_H_

#include <vector>

#include "envej/ward/v1/case.pb.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/rejection.h"

namespace envej::region {

// Puts what staff typed into its form (text in normal form C without blanks around it, phone numbers in E.164), and
// finds every field for which the contract would refuse a notice that is made from it: each once, by its path in
// RegisteredConsent, such as "contact.phone_numbers[1]". What the ward's systems can still say may be empty: the name
// and the phone numbers. A part of the consent that is absent, and a criterion that is not met, are no faults.
// Thread-safe.
std::vector<contract::Violation> FindFaults(ward::v1::RegisteredConsent& consent, const contract::Moment& now);

// Text that was typed into a field of its own, in normal form C and without blanks around it.
void Tidy(std::string& text);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_CONSENT_FAULTS_H_
