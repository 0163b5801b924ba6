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

namespace envej::region {
namespace {

using contract::Reason;
using contract::Violation;
using Json = nlohmann::json;

// What is no request: the contract has no name for it.
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
      return SayErrors(Json::array({ErrorOf("patient.value", kPatientNumberInvalid)}));
    case absl::StatusCode::kOutOfRange:
      return SayErrors(Json::array({ErrorOf("consent.consent.contact.given_on", kConsentWithdrawnSince)}));
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

ApiAnswer SayNumberInvalid() { return SayErrors(Json::array({ErrorOf("patient.value", kPatientNumberInvalid)})); }

Json ToJson(const v1::Municipality& municipality) {
  return {{"code", municipality.municipality_code()},    {"name", municipality.name()},
          {"takes_part", TakesPart(municipality)},       {"scheme_name", municipality.scheme_name()},
          {"phone_number", municipality.phone_number()}, {"leaflet_text", municipality.leaflet_text()}};
}

// `municipality` is nullptr where it is not known.
ApiAnswer SayLeaflet(absl::string_view because, const absl::StatusOr<ConsentTaken>& taken,
                     const v1::Municipality* municipality) {
  if (!taken.ok()) return SayStatus(taken.status());
  ApiAnswer answer = Say(200, {{"outcome", "leaflet"},
                               {"because", std::string(because)},
                               {"withdrawn", taken->withdrawn},
                               {"standing", taken->stands},
                               {"municipality", municipality == nullptr ? Json() : ToJson(*municipality)}});
  if (taken->withdrawn) {
    answer.action = "consent-withdrawn";
    answer.patient_reference = taken->patient_reference;
  }
  return answer;
}

}  // namespace

ApiAnswer ConsentApi::ListMunicipalities() const {
  const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = parts_.municipalities.current();
  if (all == nullptr) return SayReason(503, "MUNICIPALITIES_NOT_KNOWN_YET");
  Json list = Json::array();
  for (const v1::Municipality& municipality : all->municipalities()) list.push_back(ToJson(municipality));
  return Say(200, {{"municipalities", list}});
}

ApiAnswer ConsentApi::Register(const std::string& json) const {
  ward::v1::RegisterConsentRequest request;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(request);
  if (std::optional<ApiAnswer> wrong = ReadRequest(json, request); wrong.has_value()) return *std::move(wrong);
  const std::optional<ward::PatientId> patient = CheckPatient(request.patient());
  if (!patient.has_value() && !contract::IsBlank(request.patient().value())) return SayNumberInvalid();
  ward::v1::RegisteredConsent& consent = *request.mutable_consent();
  const std::shared_ptr<const v1::ListMunicipalitiesResponse> all = parts_.municipalities.current();
  const v1::Municipality* const municipality =
      all == nullptr ? nullptr : FindMunicipality(*all, consent.municipality_code());
  if (!ward::IsYes(consent)) {
    const auto taken = patient.has_value() ? parts_.desk.RegisterConsent(*patient, consent) : ConsentTaken();
    return SayLeaflet("no", taken, municipality);
  }
  if (all == nullptr) return SayReason(503, "MUNICIPALITIES_NOT_KNOWN_YET");
  if (municipality == nullptr) {
    return SayErrors(
        Json::array({ErrorOf("consent.municipality_code", contract::Describe(Reason::kMunicipalityUnknown).name)}));
  }
  if (TakesPart(*municipality)) return Keep(patient, consent);
  const auto taken = patient.has_value() ? parts_.desk.NoteLivesElsewhere(*patient, municipality->municipality_code())
                                         : ConsentTaken();
  return SayLeaflet("not-taking-part", taken, municipality);
}

ApiAnswer ConsentApi::Keep(const std::optional<ward::PatientId>& patient, ward::v1::RegisteredConsent& consent) const {
  Json errors = Json::array();
  if (!patient.has_value()) errors.push_back(ErrorOf("patient.value", kPatientNumberInvalid));
  const contract::Rejection rejection =
      CheckConsent(consent, contract::Moment::At(parts_.now(), parts_.copenhagen)).value_or(contract::Rejection());
  for (const Violation& fault : rejection.violations) {
    errors.push_back(ErrorOf(absl::StrCat("consent.", fault.field), contract::Describe(fault.reason).name));
  }
  if (!errors.empty()) return SayErrors(errors);
  const absl::StatusOr<ConsentTaken> taken = parts_.desk.RegisterConsent(*patient, consent);
  if (!taken.ok()) return SayStatus(taken.status());
  ApiAnswer answer =
      Say(200, {{"outcome", "registered"},
                {"patient_reference", taken->patient_reference},
                {"broker_away", !parts_.reaches_broker()},
                {"why_not", taken->why_not.has_value() ? std::string(ward::NameOf(*taken->why_not)) : ""}});
  answer.action = "consent-registered";
  answer.patient_reference = taken->patient_reference;
  return answer;
}

ApiAnswer ConsentApi::Withdraw(const std::string& json) const {
  ward::v1::WithdrawConsentRequest request;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(request);
  if (std::optional<ApiAnswer> wrong = ReadRequest(json, request); wrong.has_value()) return *std::move(wrong);
  const std::optional<ward::PatientId> patient = CheckPatient(request.patient());
  if (!patient.has_value()) return SayNumberInvalid();
  const absl::StatusOr<ConsentTaken> taken = parts_.desk.WithdrawConsent(*patient);
  if (!taken.ok()) return SayStatus(taken.status());
  ApiAnswer answer = Say(200, {{"outcome", "withdrawn"}, {"patient_reference", taken->patient_reference}});
  answer.action = "consent-withdrawn";
  answer.patient_reference = taken->patient_reference;
  return answer;
}

std::optional<absl::StatusOr<std::optional<StoredCase>>> ConsentApi::FindAsked(
    const ward::v1::FindPatientRequest& request) const {
  if (!request.has_patient() && !request.notice_id().empty()) return parts_.desk.FindByNotice(request.notice_id());
  if (!request.has_patient() && !request.patient_reference().empty()) {
    return parts_.desk.FindByReference(request.patient_reference());
  }
  const std::optional<ward::PatientId> patient = CheckPatient(request.patient());
  if (!patient.has_value()) return std::nullopt;
  return parts_.desk.Find(*patient);
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
                      .json = CaseJson(known, parts_.desk.WhyNotNow(known.known), numbers, !parts_.reaches_broker()),
                      .action = "patient-looked-up",
                      .patient_reference = PatientReference(known.id)};
  return answer;
}

}  // namespace envej::region
