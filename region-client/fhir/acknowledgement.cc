#include "region-client/fhir/acknowledgement.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "region-client/fhir/identifier.h"
#include "region-client/fhir/xml_writer.h"

namespace envej::fhir {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kProfiles[] = "http://medcomfhir.dk/ig/acknowledgement/StructureDefinition/";
constexpr char kMessagingProfiles[] = "http://medcomfhir.dk/ig/messaging/StructureDefinition/";
constexpr char kMedcomCodes[] = "http://medcomfhir.dk/ig/terminology/CodeSystem/";
constexpr char kErrorCodes[] = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-acknowledgement-error-codes";
constexpr char kOutcomeCodes[] = "http://terminology.hl7.org/CodeSystem/operation-outcome";
constexpr char kUnknownEndpoint[] = "http://medcomfhir.dk/unknown";

std::string Or(const std::string& text, absl::string_view other) { return text.empty() ? std::string(other) : text; }

std::string Url(const std::string& id) { return absl::StrCat("urn:uuid:", id); }
Json MakeReference(const std::string& url) { return {{"reference", url}}; }
Json MakeCoding(const std::string& system, const char* code) { return {{"system", system}, {"code", code}}; }

Json MakeResource(const char* type, const std::string& id, const std::string& profile) {
  return {{"resourceType", type}, {"id", id}, {"meta", {{"profile", Json::array({profile})}}}};
}

const char* ResponseCode(const std::optional<Problem>& problem) {
  if (!problem.has_value()) return "ok";
  return problem->issue == Issue::kTransient ? "transient-error" : "fatal-error";
}

// FHIR's issue type, and MedCom's coding of what it is about, null where it has none.
struct IssueCodes {
  const char* type;
  const char* system;
  const char* code;
};

IssueCodes CodesOf(Issue issue) {
  switch (issue) {
    case Issue::kTooLong:
      return {"too-long", kOutcomeCodes, "MSG_BAD_FORMAT"};
    case Issue::kStructure:
      return {"structure", kOutcomeCodes, "MSG_BAD_SYNTAX"};
    case Issue::kRequired:
      return {"required", kOutcomeCodes, "MSG_BAD_FORMAT"};
    case Issue::kValue:
      return {"value", kErrorCodes, "MSG_VALUESET_VALUE_UNKNOWN"};
    case Issue::kNotFound:
      return {"not-found", kOutcomeCodes, "MSG_LOCAL_FAIL"};
    case Issue::kNotSupported:
      return {"not-supported", kErrorCodes, "MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE"};
    case Issue::kTransient:
      return {"transient", nullptr, nullptr};
  }
  return {"exception", nullptr, nullptr};
}

Json MakeHeader(const Message& message, const std::optional<Problem>& problem, const AcknowledgementIds& ids) {
  const char* const code = ResponseCode(problem);
  Json header =
      MakeResource("MessageHeader", ids.header, absl::StrCat(kProfiles, "medcom-messaging-acknowledgementHeader"));
  header["text"] = {
      {"status", "generated"},
      {"div", absl::StrCat("<div xmlns=\"http://www.w3.org/1999/xhtml\">acknowledgement-message: ", code, "</div>")}};
  header["eventCoding"] =
      MakeCoding(absl::StrCat(kMedcomCodes, "medcom-messaging-eventCodes"), "acknowledgement-message");
  const Json use = {
      {"url", absl::StrCat(kMessagingProfiles, "medcom-messaging-destinationUseExtension")},
      {"valueCoding", MakeCoding(absl::StrCat(kMedcomCodes, "medcom-messaging-destinationUse"), "primary")}};
  header["destination"] = Json::array({{{"extension", Json::array({use})},
                                        {"endpoint", Or(message.sender.endpoint, kUnknownEndpoint)},
                                        {"receiver", MakeReference(Url(ids.receiver))}}});
  header["sender"] = MakeReference(Url(ids.sender));
  header["source"] = {{"endpoint", Or(message.receiver.endpoint, kUnknownEndpoint)}};
  header["response"] = {{"identifier", Or(message.ids.header_id, "unknown")}, {"code", code}};
  if (problem.has_value()) header["response"]["details"] = MakeReference(Url(ids.outcome));
  return header;
}

Json MakeOrganization(const Party& party, const std::string& id) {
  Json organization =
      MakeResource("Organization", id, absl::StrCat(kMessagingProfiles, "medcom-messaging-organization"));
  Json identifiers = Json::array();
  const auto add = [&](absl::string_view system, const std::string& value) {
    if (!value.empty()) identifiers.push_back({{"system", std::string(system)}, {"value", value}});
  };
  add(kSorSystem, party.sor_code);
  add(kEanSystem, party.ean_code);
  if (!identifiers.empty()) organization["identifier"] = identifiers;
  organization["name"] = Or(party.name, "unknown");
  return organization;
}

Json MakeProvenance(const Message& message, const AcknowledgementIds& ids, const std::string& time) {
  Json provenance =
      MakeResource("Provenance", ids.provenance, absl::StrCat(kMessagingProfiles, "medcom-messaging-provenance"));
  provenance["target"] = Json::array({MakeReference(Url(ids.header))});
  provenance["occurredDateTime"] = time;
  provenance["recorded"] = time;
  const Json activity = MakeCoding(absl::StrCat(kMedcomCodes, "medcom-messaging-activityCodes"), "acknowledgement");
  provenance["activity"] = {{"coding", Json::array({activity})}};
  provenance["agent"] = Json::array({{{"who", MakeReference(Url(ids.sender))}}});
  if (!message.ids.header_id.empty()) {
    const std::string answered = absl::StrCat("MessageHeader/", message.ids.header_id);
    provenance["entity"] = Json::array({{{"role", "revision"}, {"what", MakeReference(answered)}}});
  }
  return provenance;
}

Json MakeOutcome(const Problem& problem, const std::string& id) {
  Json outcome =
      MakeResource("OperationOutcome", id, absl::StrCat(kProfiles, "medcom-acknowledgement-operationoutcome"));
  const IssueCodes codes = CodesOf(problem.issue);
  Json issue = {{"severity", "error"}, {"code", codes.type}};
  if (codes.code != nullptr) issue["details"] = {{"coding", Json::array({MakeCoding(codes.system, codes.code)})}};
  issue["diagnostics"] = absl::StrCat(problem.where.empty() ? "the message" : problem.where, " ", problem.text);
  outcome["issue"] = Json::array({issue});
  return outcome;
}

}  // namespace

std::string WriteAcknowledgement(const Message& message, const std::optional<Problem>& problem,
                                 const AcknowledgementIds& ids, absl::Time now, Form form) {
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone());
  Json bundle = MakeResource("Bundle", ids.bundle, absl::StrCat(kProfiles, "medcom-messaging-acknowledgement"));
  bundle["type"] = "message";
  bundle["timestamp"] = time;
  bundle["entry"] = Json::array();
  const auto add = [&](const std::string& id, Json resource) {
    bundle["entry"].push_back({{"fullUrl", Url(id)}, {"resource", std::move(resource)}});
  };
  add(ids.header, MakeHeader(message, problem, ids));
  add(ids.sender, MakeOrganization(message.receiver, ids.sender));
  add(ids.receiver, MakeOrganization(message.sender, ids.receiver));
  add(ids.provenance, MakeProvenance(message, ids, time));
  if (problem.has_value()) add(ids.outcome, MakeOutcome(*problem, ids.outcome));
  if (form == Form::kXml) return WriteXml(bundle);
  return bundle.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace envej::fhir
