#ifndef ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
#define ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "envej/ward/v1/case.pb.h"

namespace envej::region {

// Puts the phone numbers into their form, and holds what staff registered to what can ever become a notice: a
// municipality's code; both parts of the consent whole and not of a day to come, or absent; every criterion answered.
// INVALID_ARGUMENT names the field and never what it holds.
absl::Status CheckConsent(ward::v1::RegisteredConsent& consent, absl::CivilDay today);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
