// What a browser posts to the page for ward staff.

#include "absl/time/time.h"
#include "envej/ward/v1/agent_service.pb.h"
#include "region-client/agent/consent_check.h"
#include "region-client/json_fields.h"
#include "region-client/ward/patient_number.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr char kYes[] =
    R"({"patient":{"value":"010190-9999"},"consent":{"municipality_code":"0101",)"
    R"("consent":{"contact":{"given_on":"2027-01-14","form":"CONSENT_FORM_WRITTEN"},)"
    R"("disclosure":{"given_on":"2027-01-14","form":"CONSENT_FORM_ORAL_RECORDED"}},)"
    R"("criteria":{"aged_18_or_over":true,"mental_illness":true,"discharged_from_regional_psychiatry":true,)"
    R"("no_support_under_serviceloven":false},)"
    R"("contact":{"name":" Opdigtet Borger ","phone_numbers":["20 00 00 01",""],"email":"borger@example.org",)"
    R"("name_and_address_protection":false,)"
    R"("postal_address":{"street":"Prøvevej 1","postal_code":"2000","city":"Prøveby"}}}})";
constexpr char kNo[] = R"({"patient":{"value":"4711"},"consent":{"municipality_code":"0101"}})";

template <typename Request>
bool Reads(absl::string_view bytes, Request& request) {
  const std::vector<region::FieldProblem> problems = region::ReadJson(bytes, request);
  for (const region::FieldProblem& problem : problems) ENVEJ_FUZZ_CHECK(!problem.text.empty());
  if (!problems.empty()) return false;
  const std::optional<ward::PatientId> patient = region::CheckPatient(request.patient());
  ENVEJ_FUZZ_CHECK(!patient.has_value() ||
                   (!patient->value.empty() && ward::NumberInItsForm(patient->value) == patient->value));
  return true;
}

}  // namespace

void Try(absl::string_view bytes) {
  ward::v1::FindPatientRequest find;
  Reads(bytes, find);
  ward::v1::WithdrawConsentRequest withdraw;
  Reads(bytes, withdraw);
  ward::v1::RegisterConsentRequest request;
  if (!Reads(bytes, request)) return;
  ward::v1::RegisteredConsent& consent = *request.mutable_consent();
  const contract::Moment now = contract::Moment::At(absl::FromUnixSeconds(1'800'000'000), absl::UTCTimeZone());
  const auto rejection = region::CheckConsent(consent, now);
  if (rejection.has_value()) {
    ENVEJ_FUZZ_CHECK(!rejection->violations.empty());
    return;
  }
  // What is in its form stays as it is.
  const std::string taken = consent.SerializeAsString();
  ENVEJ_FUZZ_CHECK(!region::CheckConsent(consent, now).has_value() && consent.SerializeAsString() == taken);
}

std::vector<std::string> Seeds() { return {kYes, kNo, R"({"patient":{"authority":"hospital","value":" 4711 "}})"}; }

}  // namespace envej::fuzz
