#include "region-client/pages/consent_api.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/text_rules.h"
#include "proto/contract/wiping.h"
#include "region-client/agent/consent_check.h"
#include "region-client/agent/patient_reference.h"
#include "region-client/json_fields.h"
#include "region-client/pages/case_json.h"
#include "region-client/pages/consent_faults.h"

namespace envej::region {
namespace {

using contract::Reason;
using contract::Violation;
using Json = nlohmann::json;

constexpr size_t kPatientNumberCharacters = 64;
// Reasons that the contract has no name for.
constexpr char kNumberInvalid[] = "PATIENT_NUMBER_INVALID";
constexpr char kFieldInvalid[] = "FIELD_INVALID";

ApiAnswer Say(int status, const Json& json) {
  return {.status = status, .json = json.dump(), .action = {}, .patient_reference = {}};
}

ApiAnswer SayReason(int status, absl::string_view reason) { return Say(status, {{"reason", std::string(reason)}}); }

Json ErrorOf(const std::string& field, absl::string_view reason) {
  return {{"field", field}, {"reason", std::string(reason)}};
}

ApiAnswer SayErrors(const Json& errors) { return Say(422, {{"errors", errors}}); }

// Errors of the desk.
ApiAnswer SayStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return SayReason(404, "NOT_FOUND");
    case absl::StatusCode::kInvalidArgument:
      return SayErrors(Json::array({ErrorOf("patient.value", kNumberInvalid)}));
    case absl::StatusCode::kResourceExhausted:
      return SayReason(503, "AGENT_FULL");
    default:
      return SayReason(503, "AGENT_UNAVAILABLE");
  }
}

// Reads a request; otherwise what is wrong with it.
std::optional<ApiAnswer> ReadRequest(const std::string& json, google::protobuf::Message& request) {
  const std::vector<FieldProblem> problems = ReadJson(json, request);
  if (problems.empty()) return std::nullopt;
  Json errors = Json::array();
  for (const FieldProblem& problem : problems) errors.push_back(ErrorOf(problem.path, kFieldInvalid));
  ApiAnswer answer = SayErrors(errors);
  answer.status = 400;
  return answer;
}

// A CPR number as systems write it, where staff write it with a hyphen.
void RemoveHyphenOfCprNumber(std::string& number) {
  constexpr size_t kHyphen = 6;
  const bool is_one = number.size() == 11 && number[kHyphen] == '-' &&
                      std::count_if(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; }) == 10;
  if (is_one) number.erase(kHyphen, 1);
}

std::optional<ward::PatientId> PatientOf(const ward::v1::PatientId& said) {
  ward::PatientId patient{.authority = said.authority(), .value = said.value()};
  Tidy(patient.value);
  RemoveHyphenOfCprNumber(patient.value);
  for (const std::string* const text : {&patient.authority, &patient.value}) {
    const std::optional<size_t> characters = contract::CountCharacters(*text);
    if (!characters.has_value() || *characters > kPatientNumberCharacters || contract::HasControlCharacter(*text)) {
      return std::nullopt;
    }
  }
  return patient;
}

ApiAnswer SayNumberInvalid() { return SayErrors(Json::array({ErrorOf("patient.value", kNumberInvalid)})); }

bool TakesPart(const v1::Municipality& municipality) {
  return municipality.participating() && municipality.agreement_in_force();
}

Json ToJson(const v1::Municipality& municipality) {
  return {{"code", municipality.municipality_code()},    {"name", municipality.name()},
          {"takes_part", TakesPart(municipality)},       {"scheme_name", municipality.scheme_name()},
          {"phone_number", municipality.phone_number()}, {"leaflet_text", municipality.leaflet_text()}};
}

const v1::Municipality* FindMunicipality(const v1::ListMunicipalitiesResponse& all, const std::string& code) {
  const auto& list = all.municipalities();
  const auto found = std::find_if(list.begin(), list.end(), [&](const v1::Municipality& municipality) {
    return municipality.municipality_code() == code;
  });
  return found == list.end() ? nullptr : &*found;
}

bool HasStandingConsent(const std::optional<StoredCase>& found) {
  return found.has_value() && found->known.has_consent() && !found->known.consent().has_withdrawn_at();
}

}  // namespace

ConsentApi::ConsentApi(Desk& desk, const Municipalities& municipalities, std::function<absl::Time()> now,
                       absl::TimeZone copenhagen)
    : desk_(desk), municipalities_(municipalities), now_(std::move(now)), copenhagen_(copenhagen) {}

ApiAnswer ConsentApi::ListMunicipalities() const {
  const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = municipalities_.current();
  if (all == nullptr) return SayReason(503, "MUNICIPALITIES_NOT_KNOWN_YET");
  Json list = Json::array();
  for (const v1::Municipality& municipality : all->municipalities()) list.push_back(ToJson(municipality));
  return Say(200, {{"municipalities", list}});
}

ApiAnswer ConsentApi::Register(const std::string& json) const {
  ward::v1::RegisterConsentRequest request;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(request);
  if (std::optional<ApiAnswer> wrong = ReadRequest(json, request); wrong.has_value()) return *std::move(wrong);
  const std::optional<ward::PatientId> patient = PatientOf(request.patient());
  if (!patient.has_value()) return SayNumberInvalid();
  const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = municipalities_.current();
  if (all == nullptr) return SayReason(503, "MUNICIPALITIES_NOT_KNOWN_YET");
  ward::v1::RegisteredConsent& consent = *request.mutable_consent();
  const v1::Municipality* const municipality = FindMunicipality(*all, consent.municipality_code());
  if (municipality == nullptr) {
    return SayErrors(
        Json::array({ErrorOf("consent.municipality_code", contract::Describe(Reason::kMunicipalityUnknown).name)}));
  }
  const bool said_no = !consent.consent().has_contact() || !consent.consent().has_disclosure();
  if (said_no || !TakesPart(*municipality)) return GiveLeaflet(*patient, *municipality, said_no);
  return Keep(*patient, consent);
}

ApiAnswer ConsentApi::GiveLeaflet(const ward::PatientId& patient, const v1::Municipality& municipality,
                                  bool said_no) const {
  Json said = {{"outcome", "leaflet"},
               {"because", said_no ? "no" : "not-taking-part"},
               {"withdrawn", false},
               {"standing", false},
               {"municipality", ToJson(municipality)}};
  if (patient.value.empty()) return Say(200, said);
  const absl::StatusOr<std::optional<StoredCase>> found = desk_.Find(patient);
  if (!found.ok()) return SayStatus(found.status());
  if (!HasStandingConsent(*found)) return Say(200, said);
  if (!said_no) {
    said["standing"] = true;
    return Say(200, said);
  }
  const absl::StatusOr<ConsentTaken> taken = desk_.WithdrawConsent(patient);
  if (!taken.ok()) return SayStatus(taken.status());
  said["withdrawn"] = true;
  ApiAnswer answer = Say(200, said);
  answer.action = "consent-withdrawn";
  answer.patient_reference = taken->patient_reference;
  return answer;
}

ApiAnswer ConsentApi::Keep(const ward::PatientId& patient, ward::v1::RegisteredConsent& consent) const {
  Json errors = Json::array();
  if (patient.value.empty()) errors.push_back(ErrorOf("patient.value", kNumberInvalid));
  for (const Violation& fault : FindFaults(consent, contract::Moment::At(now_(), copenhagen_))) {
    errors.push_back(ErrorOf(absl::StrCat("consent.", fault.field), contract::Describe(fault.reason).name));
  }
  if (!errors.empty()) return SayErrors(errors);
  const absl::Status status = CheckConsent(consent, absl::ToCivilDay(now_(), copenhagen_));
  if (!status.ok()) return SayErrors(Json::array({ErrorOf("consent", kFieldInvalid)}));
  const absl::StatusOr<ConsentTaken> taken = desk_.RegisterConsent(patient, consent);
  if (!taken.ok()) return SayStatus(taken.status());
  ApiAnswer answer =
      Say(200, {{"outcome", "registered"},
                {"patient_reference", taken->patient_reference},
                {"why_not", taken->why_not.has_value() ? std::string(ward::NameOf(*taken->why_not)) : ""}});
  answer.action = "consent-registered";
  answer.patient_reference = taken->patient_reference;
  return answer;
}

ApiAnswer ConsentApi::Withdraw(const std::string& json) const {
  ward::v1::WithdrawConsentRequest request;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(request);
  if (std::optional<ApiAnswer> wrong = ReadRequest(json, request); wrong.has_value()) return *std::move(wrong);
  const std::optional<ward::PatientId> patient = PatientOf(request.patient());
  if (!patient.has_value() || patient->value.empty()) return SayNumberInvalid();
  const absl::StatusOr<ConsentTaken> taken = desk_.WithdrawConsent(*patient);
  if (!taken.ok()) return SayStatus(taken.status());
  ApiAnswer answer = Say(200, {{"outcome", "withdrawn"}, {"patient_reference", taken->patient_reference}});
  answer.action = "consent-withdrawn";
  answer.patient_reference = taken->patient_reference;
  return answer;
}

std::optional<absl::StatusOr<std::optional<StoredCase>>> ConsentApi::FindAsked(
    const ward::v1::FindPatientRequest& request) const {
  if (!request.has_patient() && !request.notice_id().empty()) return desk_.FindByNotice(request.notice_id());
  if (!request.has_patient() && !request.patient_reference().empty()) {
    return desk_.FindByReference(request.patient_reference());
  }
  const std::optional<ward::PatientId> patient = PatientOf(request.patient());
  if (!patient.has_value() || patient->value.empty()) return std::nullopt;
  return desk_.Find(*patient);
}

ApiAnswer ConsentApi::Find(const std::string& json) const {
  ward::v1::FindPatientRequest request;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(request);
  if (std::optional<ApiAnswer> wrong = ReadRequest(json, request); wrong.has_value()) return *std::move(wrong);
  const std::optional<absl::StatusOr<std::optional<StoredCase>>> asked = FindAsked(request);
  if (!asked.has_value()) return SayNumberInvalid();
  const absl::StatusOr<std::optional<StoredCase>>& found = *asked;
  if (!found.ok()) return SayStatus(found.status());
  if (!found->has_value()) return SayReason(404, "NOT_FOUND");
  const StoredCase& known = **found;
  const Numbers numbers = request.has_patient() ? Numbers::kLeftOut : Numbers::kShown;
  ApiAnswer answer = {.status = 200,
                      .json = CaseJson(known, desk_.WhyNotNow(known.known), numbers),
                      .action = "patient-looked-up",
                      .patient_reference = PatientReference(known.id)};
  return answer;
}

}  // namespace envej::region
