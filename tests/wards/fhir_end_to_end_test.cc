// MedCom's HospitalNotification, posted to a real agent by HTTPS or put into its folder, in JSON and in XML: with a
// consent it becomes a notice that the municipality opens, and what is said later becomes a revision or a withdrawal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "region-client/fhir/xml_writer.h"
#include "tests/region-client/fhir/messages.h"
#include "tests/support/agent_process.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/municipality_folder.h"

namespace envej::wards {
namespace {

using fhir::Json;
using support::DayFromToday;
using support::PageAnswer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kJson[] = "application/fhir+json";
constexpr char kXml[] = "application/fhir+xml";

// What a message says.
struct Said {
  std::string patient;
  std::string name;
  std::string activity = "discharge-inpatient-home";
  std::string status = "finished";
  int discharged = -1;  // days from today
  bool deceased = false;
};

// By which way messages go, and in which form.
struct Way {
  std::string name;
  std::string form;
  bool is_file = false;
};
std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }

class FhirEndToEndTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    ASSERT_TRUE(agent_.Start());
  }

  // Each message is the next one, of another id, a minute after the one before.
  Json NextMessage(const Said& said) {
    ++number_;
    const std::string made = absl::FormatTime(absl::RFC3339_sec, began_ + absl::Minutes(number_), absl::UTCTimeZone());
    Json message = Json::parse(absl::StrReplaceAll(
        fhir::Notification(said.activity, said.status).dump(),
        {{"bundle-2", absl::StrCat("bundle-", number_ + 10)}, {"header-2", absl::StrCat("header-", number_ + 10)}}));
    message["timestamp"] = made;
    Json& patient = fhir::Patient(message);
    patient.erase("telecom");  // MedCom's has no number to call
    patient["identifier"][0]["value"] = said.patient;
    patient["name"][0]["family"] = said.name;
    if (said.deceased) patient["deceasedBoolean"] = true;
    fhir::Encounter(message)["period"] = {{"start", absl::StrCat(DayFromToday(-9), "T12:00:00+01:00")},
                                          {"end", absl::StrCat(DayFromToday(said.discharged), "T00:30:00+01:00")}};
    if (said.status != "finished") fhir::Encounter(message)["period"].erase("end");
    fhir::OwnProvenance(message)["occurredDateTime"] = made;
    fhir::OwnProvenance(message)["recorded"] = made;
    return message;
  }
  PageAnswer Post(const std::string& body, const std::string& form = kJson) const {
    return agent_.Ask(
        {.as = support::kWardSystem, .path = "/fhir/$process-message", .body = body, .content_type = form});
  }
  static std::string InForm(const Json& message, const std::string& form) {
    return form == kXml ? fhir::WriteXml(message) : message.dump();
  }
  bool WaitForFile(const std::string& name) const {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    while (absl::Now() < until) {
      if (std::filesystem::exists(absl::StrCat(agent_.handed_over(), "/", name))) return true;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }
  bool WaitUntilTaken(const std::string& name) const {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    const std::string file = absl::StrCat(agent_.handed_over(), "/", name);
    while (std::filesystem::exists(file) && absl::Now() < until) absl::SleepFor(absl::Milliseconds(100));
    return !std::filesystem::exists(file) &&
           !std::filesystem::exists(absl::StrCat(agent_.handed_over(), "/rejected/", name));
  }
  void Consent(const std::string& patient) const {
    const support::Ended added = agent_.AddConsent(patient, {"--phone", "20 12 34 56"});
    EXPECT_EQ(added.code, support::kDone) << added.err;
  }
  static std::string Held(const Said& said) {
    return absl::StrCat(DayFromToday(said.discharged), " / Åse Blåbær ", said.name, " / +4520123456");
  }
  std::vector<v1::NoticeStatus> AtBroker() const {
    v1::ListNoticesRequest request;
    request.set_municipality_code(support::kCode);
    v1::ListNoticesResponse answer;
    EXPECT_TRUE(broker_.Intake(support::kRegion)->ListNotices(support::CallContext().get(), request, &answer).ok());
    return {answer.notices().begin(), answer.notices().end()};
  }

  const absl::Time began_ = absl::Now() - absl::Hours(1);
  int number_ = 0;
  support::BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}())}};
  support::AgentProcess agent_{broker_, {.authority = "urn:oid:1.2.208.176.1.2", .ward = "1000000000000001"}};
  const support::MunicipalityFolder municipality_{broker_};
};

class FhirByEachWayTest : public FhirEndToEndTest, public testing::WithParamInterface<Way> {
 protected:
  // Hands all of them over, and waits until they are answered.
  void HandOver(const std::vector<Json>& messages) {
    const Way& way = GetParam();
    std::vector<std::string> names;
    for (const Json& message : messages) {
      const std::string bytes = InForm(message, way.form);
      if (way.is_file) {
        names.push_back(absl::StrCat(message["id"].get<std::string>(), way.form == kXml ? ".xml" : ".json"));
        agent_.HandOver(names.back(), bytes);
        continue;
      }
      const PageAnswer answer = Post(bytes, way.form);
      EXPECT_EQ(answer.status, 200) << answer.body;
      EXPECT_THAT(answer.body, AllOf(HasSubstr("acknowledgement-message"),
                                     HasSubstr(way.form == kXml ? R"(<code value="ok"/>)" : R"("code":"ok")")));
    }
    for (const std::string& name : names) {
      EXPECT_TRUE(WaitUntilTaken(name)) << name << agent_.Log();
    }
  }
};

TEST_P(FhirByEachWayTest, TheMunicipalityHasWhatTheMessagesSay) {
  Said moved{.patient = "3213801234", .name = "Gribskov"};
  Said mistaken{.patient = "3213801235", .name = "Hvidtjørn"};
  Said dead{.patient = "3213801236", .name = "Kvædegaard"};
  for (const Said* said : {&moved, &mistaken, &dead}) Consent(said->patient);
  const Said without_consent{.patient = "3213801237", .name = "Mirabel"};
  HandOver({NextMessage(moved), NextMessage(mistaken), NextMessage(dead), NextMessage(without_consent)});
  EXPECT_THAT(municipality_.PullUntil({Held(moved), Held(mistaken), Held(dead)}), SizeIs(3));

  moved.activity = "revise-discharge-inpatient-home";
  moved.discharged = 0;
  mistaken.status = "entered-in-error";
  dead.deceased = true;
  HandOver({NextMessage(moved), NextMessage(mistaken), NextMessage(dead)});
  EXPECT_THAT(municipality_.PullUntil({Held(moved)}), ElementsAre(Held(moved)));
  for (const v1::NoticeStatus& status : AtBroker()) EXPECT_EQ(status.revision(), 2u);

  moved.activity = "cancel-discharge-inpatient-home";
  moved.status = "in-progress";
  HandOver({NextMessage(moved)});
  EXPECT_THAT(municipality_.PullUntil({}), IsEmpty());
  EXPECT_THAT(AtBroker(), SizeIs(3)) << "and nothing of whoever gave no consent";
  EXPECT_EQ(agent_.Stop().code, support::kDone);
}

INSTANTIATE_TEST_SUITE_P(All, FhirByEachWayTest,
                         testing::Values(Way{"PostedJson", kJson}, Way{"PostedXml", kXml},
                                         Way{"FileOfJson", kJson, true}, Way{"FileOfXml", kXml, true}),
                         [](const auto& way) { return way.param.name; });

TEST_F(FhirEndToEndTest, AMessageThatComesAgainIsAcknowledgedAgainAndIsNoOtherNotice) {
  const Said said{.patient = "3213801234", .name = "Gribskov"};
  Consent(said.patient);
  const std::string body = NextMessage(said).dump();
  const auto response = [](const PageAnswer& answer) {
    const Json acknowledgement = Json::parse(answer.body);
    return acknowledgement["entry"][0]["resource"]["response"].dump();
  };
  const PageAnswer first = Post(body);
  EXPECT_THAT(municipality_.PullUntil({Held(said)}), ElementsAre(Held(said)));
  EXPECT_EQ(response(first), R"({"identifier":"header-11","code":"ok"})");
  EXPECT_EQ(response(Post(body)), response(first));
  agent_.Kill();
  ASSERT_TRUE(agent_.Start());
  EXPECT_EQ(response(Post(body)), response(first)) << "also after a kill";
  ASSERT_TRUE(agent_.WaitUntilSent());
  ASSERT_THAT(AtBroker(), SizeIs(1));
  EXPECT_EQ(AtBroker()[0].revision(), 1u);
  EXPECT_EQ(AtBroker()[0].state(), v1::NOTICE_STATE_ACKNOWLEDGED);
}

TEST_F(FhirEndToEndTest, WhatIsWrongIsAFatalErrorWithItsPlaceAndNothingFollows) {
  const Said said{.patient = "3213801234", .name = "Gribskov"};
  Consent(said.patient);
  Json message = NextMessage(said);
  fhir::Encounter(message)["period"]["end"] = "Gribskov";
  for (const char* const form : {kJson, kXml}) {
    const PageAnswer answer = Post(InForm(message, form), form);
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.body, AllOf(HasSubstr("fatal-error"), HasSubstr("period.end"), Not(HasSubstr("Gribskov"))));
  }
  agent_.HandOver("wrong.json", message.dump());
  EXPECT_TRUE(WaitForFile("rejected/wrong.json.reason.json")) << agent_.Log();
  EXPECT_THAT(certs::ReadFile(agent_.handed_over() + "/rejected/wrong.json.reason.json"),
              AllOf(HasSubstr("MESSAGE_INVALID"), HasSubstr("period.end"), Not(HasSubstr("Gribskov"))));
  EXPECT_THAT(agent_.Log(), AllOf(HasSubstr("period.end"), Not(HasSubstr("Gribskov")), Not(HasSubstr(said.patient))));
  EXPECT_THAT(agent_.Run({"outbox", "--output", "json"}).out, IsEmpty());
  const PageAnswer mended = Post(NextMessage(said).dump());
  EXPECT_EQ(mended.status, 200) << mended.body;
  EXPECT_THAT(municipality_.PullUntil({Held(said)}), ElementsAre(Held(said)));
}

TEST_F(FhirEndToEndTest, StaffPostNoMessagesAndSystemsSeeNoPage) {
  const std::string body = NextMessage({.patient = "3213801234", .name = "Gribskov"}).dump();
  EXPECT_EQ(agent_.Ask({.path = "/fhir/$process-message", .body = body, .content_type = kJson}).status, 403);
  EXPECT_EQ(agent_.Ask({.as = support::kWardSystem, .path = "/"}).status, 403);
  EXPECT_EQ(agent_.Ask({.path = "/"}).status, 200);
}

}  // namespace
}  // namespace envej::wards
