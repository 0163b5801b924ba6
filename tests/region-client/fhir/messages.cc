#include "tests/region-client/fhir/messages.h"

#include <gtest/gtest.h>

#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"
#include "region-client/fhir/xml_writer.h"

namespace envej::fhir {
namespace {

constexpr char kBase[] = "https://ward.example/fhir/";

Json Entry(const Json& resource) {
  const std::string type = resource["resourceType"];
  const std::string id = resource["id"];
  return {{"fullUrl", absl::StrCat(kBase, type, "/", id)}, {"resource", resource}};
}

Json MessageHeader() {
  return Json::parse(R"({
    "resourceType": "MessageHeader", "id": "header-2",
    "text": {"status": "generated",
             "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Udskrivning &amp; hjem</p></div>"},
    "eventCoding": {"system": "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-eventCodes",
                    "code": "hospital-notification-message"},
    "destination": [{"endpoint": "https://sor2.sum.dsdn.dk/#id=1000000000000002",
                     "receiver": {"reference": "Organization/municipality"}}],
    "sender": {"reference": "Organization/ward"},
    "source": {"endpoint": "https://sor2.sum.dsdn.dk/#id=1000000000000001"},
    "focus": [{"reference": "Encounter/stay"}]})");
}

Json PatientResource() {
  return Json::parse(R"({
    "resourceType": "Patient", "id": "citizen",
    "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "3213801234"}],
    "name": [{"use": "official", "family": "Opdigtet", "given": ["Åse", "Blåbær"]}],
    "telecom": [{"system": "phone", "value": "20 00 00 01"}],
    "birthDate": "1980-02-01"})");
}

Json EncounterResource(const std::string& status) {
  Json encounter = Json::parse(R"({
    "resourceType": "Encounter", "id": "stay", "status": "",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
    "subject": {"reference": "Patient/citizen"},
    "episodeOfCare": [{"identifier": {"value": "urn:uuid:11111111-2222-4333-8444-555555555555"}}],
    "period": {"start": "2027-01-10T12:00:00+01:00", "end": "2027-01-15T23:30:00Z"},
    "serviceProvider": {"reference": "Organization/ward"}})");
  encounter["status"] = status;
  return encounter;
}

Json OrganizationResource(const char* id, const char* sor, const char* name) {
  return {{"resourceType", "Organization"},
          {"id", id},
          {"identifier", Json::array({{{"system", "urn:oid:1.2.208.176.1.1"}, {"value", sor}}})},
          {"name", name}};
}

Json ProvenanceResource(const char* id, const char* target, const char* time, const std::string& activity) {
  const Json coding = {{"system", "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-activityCodes"},
                       {"code", activity}};
  return {{"resourceType", "Provenance"}, {"id", id},         {"target", Json::array({{{"reference", target}}})},
          {"occurredDateTime", time},     {"recorded", time}, {"activity", {{"coding", Json::array({coding})}}}};
}

Json BundleOf(const std::vector<Json>& resources) {
  Json bundle = {
      {"resourceType", "Bundle"}, {"id", "bundle-2"}, {"type", "message"}, {"timestamp", "2027-01-16T08:00:01+01:00"}};
  bundle["entry"] = Json::array();
  for (const Json& resource : resources) bundle["entry"].push_back(Entry(resource));
  return bundle;
}

std::string Text(const std::optional<absl::Time>& time) {
  return time.has_value() ? absl::FormatTime(*time, absl::UTCTimeZone()) : "-";
}
std::string Text(const std::optional<absl::CivilDay>& day) { return day.has_value() ? contract::FormatDay(*day) : "-"; }
std::string Text(const std::optional<bool>& flag) { return !flag.has_value() ? "-" : *flag ? "yes" : "no"; }

std::string Text(const Message& message) {
  std::string text = absl::StrCat(message.ids.bundle_id, " ", message.ids.header_id);
  for (const Party* party : {&message.sender, &message.receiver}) {
    absl::StrAppend(&text, "\n", party->endpoint, "|", party->sor_code, "|", party->ean_code, "|", party->name);
  }
  if (const auto* problem = std::get_if<Problem>(&message.says)) absl::StrAppend(&text, "\n", problem->text);
  if (const auto* none = std::get_if<NoConcern>(&message.says)) absl::StrAppend(&text, "\n", static_cast<int>(*none));
  if (const auto* events = std::get_if<std::vector<ward::Event>>(&message.says)) {
    for (const ward::Event& event : *events) absl::StrAppend(&text, "\n", fhir::Described(event));
  }
  return text;
}

}  // namespace

Json Discharge() { return Notification("discharge-inpatient-home", "finished"); }

Json Notification(const std::string& activity, const std::string& status) {
  return BundleOf(
      {MessageHeader(), PatientResource(), EncounterResource(status),
       OrganizationResource("ward", "1000000000000001", "Opdigtet afsnit"),
       OrganizationResource("municipality", "1000000000000002", "Opdigtet kommune"),
       ProvenanceResource("first", "MessageHeader/header-1", "2027-01-10T12:00:01+01:00", "admit-inpatient"),
       ProvenanceResource("second", "MessageHeader/header-2", "2027-01-16T08:00:00+01:00", activity)});
}

Json PlainMessage(const std::string& status) {
  Json message = BundleOf({MessageHeader(), PatientResource(), EncounterResource(status),
                           OrganizationResource("ward", "1000000000000001", "Opdigtet afsnit")});
  Header(message)["eventCoding"] = {{"system", "http://ward.example/events"}, {"code", "A03"}};
  Encounter(message)["identifier"] = Json::array({{{"value", "stay-17"}}});
  return message;
}

Json& Header(Json& message) { return message["entry"][0]["resource"]; }
Json& Patient(Json& message) { return message["entry"][1]["resource"]; }
Json& Encounter(Json& message) { return message["entry"][2]["resource"]; }
Json& OwnProvenance(Json& message) { return message["entry"][6]["resource"]; }

absl::TimeZone Copenhagen() { return contract::CopenhagenTimeZone().value(); }

absl::Time At(absl::string_view text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) << text;
  return time;
}

Message Read(const Json& message) {
  Message read = ReadMessage(message.dump(), Form::kJson, Copenhagen(), kNow);
  EXPECT_EQ(Text(ReadMessage(WriteXml(message), Form::kXml, Copenhagen(), kNow)), Text(read));
  return read;
}

ward::Event OneEvent(const Json& message) {
  const Message read = Read(message);
  const auto* events = std::get_if<std::vector<ward::Event>>(&read.says);
  EXPECT_TRUE(events != nullptr && events->size() == 1) << Text(read);
  return events != nullptr && !events->empty() ? events->front() : ward::Event();
}

Problem ProblemOf(const Message& message) {
  const auto* problem = std::get_if<Problem>(&message.says);
  EXPECT_NE(problem, nullptr) << Text(message);
  return problem == nullptr ? Problem() : *problem;
}

Problem ProblemOf(const Json& message) { return ProblemOf(Read(message)); }

std::string Described(const ward::Event& event) {
  std::string text =
      absl::StrCat("kind ", static_cast<int>(event.kind), " class ", static_cast<int>(event.patient_class), " home ",
                   event.discharged_home ? "yes" : "no");
  for (const ward::PatientId& id : event.patient) absl::StrAppend(&text, " id ", id.authority, "=", id.value);
  for (const ward::PatientId& id : event.merged) absl::StrAppend(&text, " merged ", id.authority, "=", id.value);
  absl::StrAppend(&text, " stay ", event.stay, " ward ", event.ward, " service ", event.service, " happened ",
                  Text(event.happened_at), " recorded ", Text(event.recorded_at), " discharge ",
                  Text(event.discharge_day), " birth ", Text(event.birth_day), " deceased ", Text(event.deceased));
  const ward::Contact& contact = event.contact;
  absl::StrAppend(&text, " name ", contact.name, " email ", contact.email, " protected ",
                  Text(contact.name_and_address_protection));
  for (const std::string& number : contact.phone_numbers) absl::StrAppend(&text, " phone ", number);
  if (const auto& address = contact.postal_address; address.has_value()) {
    absl::StrAppend(&text, " address ", address->street, "|", address->postal_code, "|", address->city);
  }
  return text;
}

}  // namespace envej::fhir
