#ifndef ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
#define ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "envej/ward/v1/case.pb.h"

namespace envej::region {

// A phone number that can be called, in E.164 form: as it is written in Denmark, or anywhere with a country's code.
// Nothing if it is none. Thread-safe.
std::optional<std::string> ToE164(const std::string& written);

// Puts the phone numbers into their form, and holds what staff registered to what can ever become a notice: a
// municipality's code; both parts of the consent whole and not of a day to come, or absent; every criterion answered.
// INVALID_ARGUMENT names the field and never what it holds.
absl::Status CheckConsent(ward::v1::RegisteredConsent& consent, absl::CivilDay today);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CONSENT_CHECK_H_
