#ifndef ENVEJ_TESTS_REGION_CLIENT_AGENT_AGENT_WORLD_H_
#define ENVEJ_TESTS_REGION_CLIENT_AGENT_AGENT_WORLD_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/agent_store.h"
#include "region-client/ward/event.h"
#include "region-client/ward/site.h"
#include "tests/certs/test_files.h"

namespace envej::region {

// A secret file's contents.
inline std::string Secret(char digit) { return absl::StrCat(std::string(64, digit), "\n"); }

// An agent's store of one test's own.
class AgentFolder {
 public:
  std::string folder() const { return files_.Path("data"); }
  AgentStoreOptions Options(char secret = 'a', const std::string& former = "") const {
    AgentStoreOptions options{
        .folder = folder(), .secret = files_.Write("secret", Secret(secret)), .former_secrets = {}};
    for (const char digit : former) {
      options.former_secrets.push_back(files_.Write(absl::StrCat("former-", std::string(1, digit)), Secret(digit)));
    }
    return options;
  }

 private:
  certs::TestDirectory files_;
};

inline const ward::Site& TestSite() {
  static const auto* site = new ward::Site{.patient_authority = "hospital", .wards = {"P1"}, .services = {}};
  return *site;
}

inline ward::v1::PatientId Patient(const std::string& value) {
  ward::v1::PatientId patient;
  patient.set_authority("hospital");
  patient.set_value(value);
  return patient;
}

// An invented citizen was discharged from P1 on the day of `at`.
inline ward::Event Discharge(const std::string& patient, absl::Time at) {
  ward::Event event;
  event.kind = ward::EventKind::kDischarged;
  event.patient = {{.authority = "hospital", .value = patient}};
  event.stay = "S1";
  event.ward = "P1";
  event.patient_class = ward::PatientClass::kInpatient;
  event.happened_at = at;
  event.recorded_at = at;
  event.discharge_day = absl::ToCivilDay(at, absl::UTCTimeZone());
  event.contact.name = "Nanna Prøve";
  event.contact.phone_numbers = {"+4520123456"};
  return event;
}

inline ward::v1::RegisteredConsent Consent(const std::string& given_on, const std::string& municipality = "0101") {
  ward::v1::RegisteredConsent consent;
  consent.set_municipality_code(municipality);
  for (auto* const part :
       {consent.mutable_consent()->mutable_contact(), consent.mutable_consent()->mutable_disclosure()}) {
    part->set_given_on(given_on);
    part->set_form(v1::CONSENT_FORM_WRITTEN);
  }
  consent.mutable_criteria()->set_aged_18_or_over(true);
  consent.mutable_criteria()->set_mental_illness(true);
  consent.mutable_criteria()->set_discharged_from_regional_psychiatry(true);
  consent.mutable_criteria()->set_no_support_under_serviceloven(true);
  return consent;
}

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_AGENT_AGENT_WORLD_H_
