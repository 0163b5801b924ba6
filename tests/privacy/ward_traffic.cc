#include "tests/privacy/ward_traffic.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "region-client/fhir/xml_writer.h"
#include "tests/region-client/fhir/messages.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::privacy {
namespace {

using fhir::Json;
using support::DayFromToday;
using testing::HasSubstr;

// What systems send beside what is read: notes, diagnoses, relatives, allergies, observations, segments of their own.
constexpr char kHl7[] =
    "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|{AT}||ADT^{EVENT}|{ID}|P|2.5|||||DNK|UTF-8\rEVN|{EVENT}|{AT}||{NOTE}\r"
    "PID|1||{NUMBER}^^^{AUTHORITY}||{NAME}^Åse||19800517|F||{NOTE}|{STREET}^^Byen^^1000||"
    "{PHONE}~^NET^Internet^{EMAIL}\rPD1||||{NOTE}\rNK1|1|{NOTE}^Far\rNTE|1||{NOTE}\r"
    "PV1|1|I|{WARD}||||{NOTE}||||||||||||S1||||||||||||||||||||||||||{LEFT}\rPV2|||^{NOTE}\r"
    "AL1|1||^{NOTE}\rDG1|1||F20^{NOTE}\rOBX|1|TX|N||{NOTE}\rZPS|{NOTE}\r";

std::string Now() { return absl::FormatTime("%Y%m%d%H%M%S+0000", absl::Now(), absl::UTCTimeZone()); }

std::string All(const Patient& patient) {
  return absl::StrCat(patient.name, ", ", patient.phone, ", ", patient.email, ", ", patient.street, ", ",
                      patient.number, ", ", patient.clinical);
}

// The message about a patient, unless something of it is to be otherwise.
std::string Hl7Of(const Patient& patient, const std::string& id,
                  std::vector<std::pair<std::string, std::string>> other = {}) {
  std::string message = kHl7;
  const std::string left = absl::FormatTime("%Y%m%d%H%M%S+0000", absl::Now() - absl::Hours(24), absl::UTCTimeZone());
  other.insert(other.end(), {{"{AT}", Now()},
                             {"{ID}", id},
                             {"{EVENT}", "A03"},
                             {"{AUTHORITY}", "hospital"},
                             {"{WARD}", "P1"},
                             {"{LEFT}", left},
                             {"{NUMBER}", patient.number},
                             {"{NAME}", patient.name},
                             {"{STREET}", patient.street},
                             {"{PHONE}", patient.phone},
                             {"{EMAIL}", patient.email},
                             {"{NOTE}", patient.clinical}});
  for (const auto& [what, by] : other) message = absl::StrReplaceAll(message, {{what, by}});
  return message;
}

Json ConsentOf(const Patient& patient) {
  const Json part = {{"given_on", DayFromToday(0)}, {"form", "CONSENT_FORM_WRITTEN"}};
  const Json address = {{"street", patient.street}, {"postal_code", "1000"}, {"city", "Byen"}};
  return {{"municipality_code", support::kCode},
          {"consent", {{"contact", part}, {"disclosure", part}}},
          {"criteria",
           {{"aged_18_or_over", true},
            {"mental_illness", true},
            {"discharged_from_regional_psychiatry", true},
            {"no_support_under_serviceloven", true}}},
          {"contact",
           {{"name", absl::StrCat("Åse ", patient.name)},
            {"phone_numbers", {patient.phone}},
            {"email", patient.email},
            {"postal_address", address}}}};
}

Json RequestOf(const Patient& patient) {
  return {{"patient", {{"value", patient.number}}}, {"consent", ConsentOf(patient)}};
}

std::string LineOf(const Patient& patient) {
  Json line = ConsentOf(patient);
  line["patient"] = {{"value", patient.number}};
  return line.dump();
}

}  // namespace

const Patient& WardTraffic::Kept(const std::string& path) {
  kept_.insert(path);
  return patients_.On(path);
}

void WardTraffic::Send(const std::string& path, const std::string& message, const std::string& expected) {
  const std::string answer = agent_.SendHl7(message);
  EXPECT_THAT(answer, HasSubstr(absl::StrCat("MSA|", expected))) << path;
  Told(absl::StrCat("the acknowledgement, ", path), answer);
}

support::Ended WardTraffic::Run(const std::string& occasion, const std::vector<std::string>& arguments) {
  support::Ended ended = agent_.Run(arguments);
  Told(absl::StrCat(occasion, ", standard output"), ended.out);
  Told(absl::StrCat(occasion, ", standard error"), ended.err);
  return ended;
}

void WardTraffic::SendHl7() {
  const auto id = [this] { return absl::StrCat("M", ++messages_); };
  const Patient& discharged = Kept("HL7: discharged, with a consent");
  const support::Ended added = agent_.AddConsent(discharged.number);
  Told("envej-region consent add", added.out + added.err);
  const std::string discharge = Hl7Of(discharged, id());
  Send("HL7: discharged", discharge, "AA");
  Send("HL7: repeated", discharge, "AA");
  Send("HL7: without a consent", Hl7Of(Kept("HL7: without a consent"), id()), "AA");
  Send("HL7: of another ward", Hl7Of(patients_.On("HL7: of another ward"), id(), {{"{WARD}", "X9"}}), "AA");
  const Patient& merged = patients_.On("HL7: merged");
  Send("HL7: merged", Hl7Of(merged, id(), {{"{EVENT}", "A08"}}), "AA");
  const std::string merge = absl::StrReplaceAll(Hl7Of(patients_.On("HL7: merged into"), id(), {{"{EVENT}", "A40"}}),
                                                {{"\rPD1", absl::StrCat("\rMRG|", merged.number, "^^^hospital\rPD1")}});
  Send("HL7: merged into", merge, "AA");
  Send("HL7: of no concern", Hl7Of(patients_.On("HL7: of no concern"), id(), {{"{EVENT}", "A60"}}), "AA");

  // What is refused.
  Send("HL7: a number of another authority",
       Hl7Of(patients_.On("HL7: a number of another authority"), id(), {{"{AUTHORITY}", "elsewhere"}}), "AE");
  for (const char* const field : {"{AT}", "{LEFT}", "{EVENT}", "|2.5|", "|P|", "|UTF-8", "ADT^"}) {
    const std::string path = absl::StrCat("HL7: in the place of ", field);
    const Patient& patient = patients_.On(path);
    const std::string own =
        absl::StrCat(field[0] == '|' ? "|" : "", patient.name, patient.number, absl::EndsWith(field, "|") ? "|" : "");
    Send(path, Hl7Of(patient, id(), {{field, own}}), "A");
  }
  const std::string text = All(patients_.On("HL7: text"));
  for (const std::string& no_message : {text, absl::StrCat("MSH|", text), absl::StrCat("MSH|^~\\&|", text, "\r", text),
                                        absl::StrCat("MSH|^~\\&|\xff\xfe", text)}) {
    agent_.SendHl7(no_message);
  }
  // Whoever sends is told again, itself alone, under which id and name it sent (MSH-10, MSH-3, MSH-4).
  agent_.SendHl7(Hl7Of(Kept("HL7: as a message's id"), patients_.On("HL7: as a message's id itself").email));
}

Json WardTraffic::FhirMessage(const Patient& patient) {
  const std::string id = absl::StrCat("f", ++messages_);
  Json message =
      Json::parse(absl::StrReplaceAll(fhir::Discharge().dump(), {{"bundle-2", id + "b"}, {"header-2", id + "h"}}));
  const Json extension = Json::array({{{"url", "https://ward.example/note"}, {"valueString", patient.clinical}}});
  const Json narrative = {{"status", "generated"}, {"div", absl::StrCat("<div>", patient.clinical, "</div>")}};
  Json& who = fhir::Patient(message);
  who["identifier"] = Json::array({{{"system", "hospital"}, {"value", patient.number}}});
  who["name"][0]["family"] = patient.name;
  who["telecom"] =
      Json::array({{{"system", "phone"}, {"value", patient.phone}}, {{"system", "email"}, {"value", patient.email}}});
  who["address"] = Json::array({{{"line", Json::array({patient.street})}, {"city", "Byen"}, {"postalCode", "1000"}}});
  who["extension"] = extension;
  who["contact"] = Json::array({{{"name", {{"text", patient.clinical}}}}});
  who["text"] = narrative;
  Json& stay = fhir::Encounter(message);
  stay["period"] = {{"start", absl::StrCat(DayFromToday(-9), "T12:00:00+01:00")},
                    {"end", absl::StrCat(DayFromToday(-1), "T00:30:00+01:00")}};
  stay["reasonCode"] = Json::array({{{"text", patient.clinical}}});
  stay["extension"] = extension;
  stay["text"] = narrative;
  message["entry"][3]["resource"]["identifier"][0]["value"] = "P1";
  const Json condition = {{"resourceType", "Condition"}, {"id", "c9"}, {"code", {{"text", patient.clinical}}}};
  message["entry"].push_back({{"fullUrl", "https://ward.example/fhir/Condition/c9"}, {"resource", condition}});
  const std::string now = absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone());
  message["timestamp"] = now;
  fhir::OwnProvenance(message)["occurredDateTime"] = now;
  fhir::OwnProvenance(message)["recorded"] = now;
  return message;
}

void WardTraffic::Post(const std::string& path, const std::string& body, int expected, const std::string& type) {
  AskPage(path, {.as = support::kWardSystem, .path = "/fhir/$process-message", .body = body, .content_type = type},
          expected);
}

support::PageAnswer WardTraffic::AskPage(const std::string& path, const support::PageRequest& request, int expected) {
  support::PageAnswer answer = agent_.Ask(request);
  EXPECT_EQ(answer.status, expected) << path << answer.body;
  Told(path, absl::StrCat(answer.headers, "\n", answer.body));
  return answer;
}

void WardTraffic::PostFhir() {
  const Patient& discharged = Kept("FHIR: discharged, with a consent");
  EXPECT_EQ(agent_.AddConsent(discharged.number).code, support::kDone);
  Post("FHIR: discharged", FhirMessage(discharged).dump(), 200);
  Post("FHIR: in XML", fhir::WriteXml(FhirMessage(Kept("FHIR: in XML"))), 200, "application/fhir+xml");
  Json dead = FhirMessage(patients_.On("FHIR: dead"));
  fhir::Patient(dead)["deceasedBoolean"] = true;
  Post("FHIR: dead", dead.dump(), 200);

  using Put = void (*)(Json & message, const std::string& text);
  const std::vector<std::pair<const char*, Put>> refused = {
      {"FHIR: as the end of the stay", [](Json& m, const std::string& t) { fhir::Encounter(m)["period"]["end"] = t; }},
      {"FHIR: as a status", [](Json& m, const std::string& t) { fhir::Encounter(m)["status"] = t; }},
      {"FHIR: as an activity",
       [](Json& m, const std::string& t) { fhir::OwnProvenance(m)["activity"]["coding"][0]["code"] = t; }},
      {"FHIR: as a reference", [](Json& m, const std::string& t) { fhir::Encounter(m)["subject"]["reference"] = t; }},
      {"FHIR: as a system", [](Json& m, const std::string& t) { fhir::Patient(m)["identifier"][0]["system"] = t; }},
      {"FHIR: as a member's name",
       [](Json& m, const std::string& t) {
         m = {{t, m}};
       }},
      {"FHIR: as the kind of resource", [](Json& m, const std::string& t) { m["resourceType"] = t; }},
  };
  for (const auto& [path, put] : refused) {
    const Patient& patient = patients_.On(path);
    Json message = FhirMessage(patient);
    put(message, All(patient));
    Post(path, message.dump(), 422);
  }
  const std::string cut = FhirMessage(patients_.On("FHIR: cut short")).dump();
  Post("FHIR: cut short", cut.substr(0, cut.size() - 2), 422);
  Post("FHIR: text", All(patients_.On("FHIR: text")), 422);
  Post("FHIR: text as XML", All(patients_.On("FHIR: text as XML")), 422, "application/fhir+xml");
  Post("FHIR: another type", All(patients_.On("FHIR: another type")), 415, "text/plain");
  const Patient& elsewhere = patients_.On("FHIR: as a path");
  AskPage("FHIR: as a path",
          {.as = support::kWardSystem, .path = absl::StrCat("/fhir/", elsewhere.number, elsewhere.email), .body = "{}"},
          404);
}

void WardTraffic::HandOverFiles() {
  v1::Notice notice = support::NewNotice(support::kCode);
  const Patient& of_notice = patients_.On("file: a notice");
  notice.mutable_citizen()->set_name(absl::StrCat("Åse ", of_notice.name));
  notice.mutable_citizen()->set_phone_numbers(0, of_notice.phone);
  notice.mutable_citizen()->set_email(of_notice.email);
  notice.mutable_citizen()->mutable_postal_address()->set_street(of_notice.street);
  std::string notice_line;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &notice_line).ok());
  const Patient& wrong_line = patients_.On("file: a line with an unknown member");
  const Patient& cut_line = patients_.On("file: a line cut short");
  const std::string cut = LineOf(cut_line);
  const std::vector<std::pair<std::string, std::string>> files = {
      {"processed/1.hl7", Hl7Of(Kept("file: HL7"), "file-1")},
      {"processed/2.json", FhirMessage(Kept("file: FHIR")).dump()},
      {"processed/3.xml", fhir::WriteXml(FhirMessage(Kept("file: FHIR in XML")))},
      {"processed/4.jsonl", absl::StrCat(LineOf(Kept("file: a consent")), "\n", notice_line, "\n")},
      {"rejected/5.hl7",
       absl::StrCat("MSH|^~\\&|", All(patients_.On("file: no HL7")), "\r", All(patients_.On("file: no HL7, again")))},
      {"rejected/6.json", absl::StrCat("{\"", All(patients_.On("file: no FHIR")), "\": 1}")},
      {"rejected/7.xml", absl::StrCat("<", All(patients_.On("file: no XML")))},
      {"rejected/8.jsonl", absl::StrCat("{\"", All(wrong_line), "\": 1, ", LineOf(wrong_line).substr(1), "\n",
                                        cut.substr(0, cut.size() - 3), "\n", All(cut_line), "\n")},
      {"rejected/9.txt", All(patients_.On("file: of another kind"))},
  };
  const auto name_of = [](const std::string& place) { return place.substr(place.find('/') + 1); };
  for (const auto& [place, bytes] : files) agent_.HandOver(name_of(place), bytes);
  const absl::Time until = absl::Now() + absl::Seconds(60);
  for (const auto& [place, bytes] : files) {
    const std::string file = absl::StrCat(agent_.handed_over(), "/", name_of(place));
    while (std::filesystem::exists(file) && absl::Now() < until) absl::SleepFor(absl::Milliseconds(100));
    EXPECT_EQ(std::filesystem::exists(absl::StrCat(agent_.handed_over(), "/", place)),
              absl::StartsWith(place, "rejected/"))
        << place;
  }
  for (const char* const shelf : {"processed", "rejected"}) {
    for (const auto& entry : std::filesystem::directory_iterator(absl::StrCat(agent_.handed_over(), "/", shelf))) {
      const std::string name = entry.path().filename();
      if (absl::EndsWith(name, ".json") && name != "6.json") {
        Told(absl::StrCat("what became of ", shelf, "/", name), certs::ReadFile(entry.path()));
      }
    }
  }
}

void WardTraffic::UsePage() {
  const Patient& registered = Kept("page: registered");
  AskPage("page: registered", {.path = "/api/consents", .body = RequestOf(registered).dump()}, 200);
  const std::string number = Json{{"patient", {{"value", registered.number}}}}.dump();
  AskPage("page: looked up", {.path = "/api/lookups", .body = number}, 200);
  const Patient& withdrawn = patients_.On("page: withdrawn");
  AskPage("page: to be withdrawn", {.path = "/api/consents", .body = RequestOf(withdrawn).dump()}, 200);
  AskPage("page: withdrawn",
          {.path = "/api/withdrawals", .body = Json{{"patient", {{"value", withdrawn.number}}}}.dump()}, 200);
  const Patient& said_no = patients_.On("page: said no");
  Json no = RequestOf(said_no);
  no["consent"]["consent"].erase("contact");
  AskPage("page: said no", {.path = "/api/consents", .body = no.dump()}, 200);
  AskPage("page: said no, looked up",
          {.path = "/api/lookups", .body = Json{{"patient", {{"value", said_no.number}}}}.dump()}, 404);

  using Put = void (*)(Json & request, const std::string& text);
  const std::vector<std::pair<const char*, Put>> refused = {
      {"page: as an e-mail address", [](Json& r, const std::string& t) { r["consent"]["contact"]["email"] = t; }},
      {"page: as a phone number",
       [](Json& r, const std::string& t) { r["consent"]["contact"]["phone_numbers"] = {t}; }},
      {"page: as a day", [](Json& r, const std::string& t) { r["consent"]["consent"]["contact"]["given_on"] = t; }},
      {"page: as a municipality", [](Json& r, const std::string& t) { r["consent"]["municipality_code"] = t; }},
      {"page: as a number", [](Json& r, const std::string& t) { r["patient"]["value"] = t; }},
  };
  for (const auto& [path, put] : refused) {
    const Patient& patient = patients_.On(path);
    Json request = RequestOf(patient);
    put(request, All(patient));
    AskPage(path, {.path = "/api/consents", .body = request.dump()}, 422);
  }
  const Patient& member = patients_.On("page: as a member's name");
  AskPage("page: as a member's name", {.path = "/api/consents", .body = Json{{All(member), 1}}.dump()}, 400);
  AskPage("page: text", {.path = "/api/lookups", .body = All(patients_.On("page: text"))}, 400);
  const Patient& asked = patients_.On("page: as a path");
  const std::string words = absl::StrCat(asked.number, "/", asked.email, asked.phone);
  AskPage("page: as a path", {.path = absl::StrCat("/", words)}, 404);
  AskPage("page: as a query", {.path = absl::StrCat("/lookup?number=", words)}, 200);
  AskPage("page: as a path that is posted to", {.path = absl::StrCat("/api/", words), .body = "{}"}, 404);
  AskPage("page: in headers",
          {.path = "/lookup",
           .headers = {{"User-Agent", words}, {"Referer", words}, {"Cookie", words}, {"X-Staff", words}}},
          200);
}

void WardTraffic::RunCommands() {
  const Patient& added = patients_.On("command: added");
  const support::Ended ended = agent_.AddConsent(
      added.number, {"--name", absl::StrCat("Åse ", added.name), "--phone", added.phone, "--email", added.email});
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
  Told("envej-region consent add", ended.out + ended.err);
  const Patient& refused = patients_.On("command: refused");
  const support::Ended wrong = agent_.AddConsent(refused.number, {"--name", refused.name, "--phone", refused.clinical});
  EXPECT_EQ(wrong.code, support::kClientRefused) << wrong.err;
  Told("envej-region consent add, refused", wrong.out + wrong.err);
  const Patient& unknown = patients_.On("command: unknown");
  EXPECT_EQ(Run("envej-region find, unknown", {"find", "--patient", unknown.number}).code, support::kClientRefused);
  EXPECT_EQ(Run("envej-region consent withdraw, unknown", {"consent", "withdraw", "--patient", unknown.number}).code,
            support::kClientRefused);
  const Patient& line = patients_.On("command: a line that is wrong");
  const std::string file = agent_.folder().Write(
      "import.jsonl", absl::StrCat(RequestOf(patients_.On("command: imported")).dump(), "\n{\"", All(line), "\": 1}\n",
                                   All(line), "\n", RequestOf(line).dump().substr(0, 300), "\n"));
  EXPECT_EQ(Run("envej-region consent import", {"consent", "import", file}).code, support::kClientRefused);
  std::filesystem::remove(file);  // its owner's, and no part of the agent
}

void WardTraffic::AskCommands() {
  for (const char* const form : {"text", "json"}) {
    for (const char* const command : {"agent-status", "outbox", "agent-receipts"}) {
      EXPECT_EQ(Run(absl::StrCat("envej-region ", command), {command, "--output", form}).code, support::kDone);
    }
    for (const Marker& marker : patients_.IdentifiersOf(kept_)) {
      if (marker.kind != "number") continue;
      EXPECT_EQ(Run("envej-region find", {"find", "--patient", marker.text, "--output", form}).code, support::kDone)
          << marker.path;
    }
  }
  EXPECT_EQ(Run("envej-region consent list", {"consent", "list"}).code, support::kDone);
  listed_numbers_ = agent_.Run({"consent", "list", "--output", "json"}).out;
}

void WardTraffic::ReturnEverything() {
  EXPECT_TRUE(agent_.WaitUntilSent());
  const auto inbox = broker_.Inbox(support::kMunicipality);
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(support::kCode);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(inbox->PullNotices(support::CallContext().get(), pull, &pulled).ok());
  EXPECT_EQ(pulled.items_size(), 3) << "HL7, FHIR and the file's notice";
  v1::ReturnNoticesRequest give_back;
  give_back.set_municipality_code(support::kCode);
  for (const v1::InboxItem& item : pulled.items()) {
    v1::NoticeReturn& each = *give_back.add_returns();
    *each.mutable_lease() = item.lease().name();
    each.set_reason(v1::RETURN_REASON_NOT_RESIDENT);
  }
  v1::ReturnNoticesResponse returned;
  ASSERT_TRUE(inbox->ReturnNotices(support::CallContext().get(), give_back, &returned).ok());
}

}  // namespace envej::privacy
