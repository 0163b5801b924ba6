#include "region-client/fhir/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

std::string Example(const char* name) {
  return certs::ReadFile(
      absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/region-client/fhir/examples/", name));
}

TEST(ReadMessage, TheSameExampleInEitherFormIsTheSameEvent) {
  const Message json = ReadMessage(Example("discharge.json"), Form::kJson, Copenhagen(), kNow);
  const Message xml = ReadMessage(Example("discharge.xml"), Form::kXml, Copenhagen(), kNow);
  const auto& events = std::get<std::vector<ward::Event>>(json.says);
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].kind, ward::EventKind::kDischarged);
  EXPECT_EQ(events[0].contact.name, "Ægir <Opdigtet> & Søn");
  EXPECT_EQ(Described(events[0]), Described(std::get<std::vector<ward::Event>>(xml.says)[0]));
  EXPECT_EQ(json.ids, xml.ids);
  EXPECT_EQ(json.sender, xml.sender);
  EXPECT_EQ(json.receiver, xml.receiver);
}

TEST(ReadMessage, SaysByWhatItIsKnownAgainAndBetweenWhomItIs) {
  const Message message = Read(Discharge());
  EXPECT_EQ(message.ids, (MessageIds{.bundle_id = "bundle-2", .header_id = "header-2"}));
  EXPECT_EQ(message.sender.endpoint, "https://sor2.sum.dsdn.dk/#id=1000000000000001");
  EXPECT_EQ(message.sender.sor_code, "1000000000000001");
  EXPECT_EQ(message.receiver.name, "Opdigtet kommune");
}

TEST(ReadMessage, SaysSoAlsoOfAMessageThatIsWrong) {
  Json wrong = Discharge();
  Encounter(wrong)["status"] = "begun";
  const Message message = Read(wrong);
  EXPECT_EQ(message.ids.header_id, "header-2");
  EXPECT_EQ(message.sender.sor_code, "1000000000000001");
  ProblemOf(message);
}

TEST(ReadMessage, AnIdThatIsNoneIsNotTaken) {
  Json wrong = Discharge();
  wrong["id"] = "3213801234/Opdigtet";
  EXPECT_EQ(ProblemOf(wrong).where, "Bundle.id");
  EXPECT_EQ(Read(wrong).ids.bundle_id, "");
  wrong["id"] = std::string(65, 'a');
  EXPECT_EQ(ProblemOf(wrong).where, "Bundle.id");
}

TEST(ReadMessage, AnotherMessageOfMedcomsIsNotSupported) {
  Json other = Discharge();
  Header(other)["eventCoding"]["code"] = "care-communication-message";
  EXPECT_EQ(ProblemOf(other).issue, Issue::kNotSupported);
}

TEST(ReadMessage, ATestIsNotSupported) {
  for (const char* place : {"/meta", "/entry/0/resource/meta"}) {
    for (const char* labels : {"security", "tag"}) {
      Json test = Discharge();
      test[Json::json_pointer(place)][labels] = Json::array({{{"code", "HTEST"}}});
      EXPECT_EQ(ProblemOf(test).text, "says that this is a test") << place << labels;
      EXPECT_EQ(ProblemOf(test).issue, Issue::kNotSupported);
    }
  }
}

TEST(ReadMessage, AnAcknowledgementIsOfNoConcernWhateverIsWrongWithIt) {
  Json acknowledgement = Discharge();
  Header(acknowledgement)["eventCoding"]["code"] = "acknowledgement-message";
  Header(acknowledgement).erase("id");
  EXPECT_EQ(std::get<NoConcern>(Read(acknowledgement).says), NoConcern::kAcknowledgement);
}

TEST(ReadMessage, WhatIsNoMessageIsRefused) {
  Json wrong = Discharge();
  wrong["type"] = "searchset";
  EXPECT_EQ(ProblemOf(wrong).where, "Bundle.type");
  wrong = Discharge();
  std::swap(wrong["entry"][0], wrong["entry"][1]);
  EXPECT_EQ(ProblemOf(wrong).where, "Bundle.entry[0].resource");
  EXPECT_EQ(ProblemOf(Patient(wrong)).text, "is no Bundle");
  wrong["entry"] = Json::array();
  EXPECT_EQ(ProblemOf(wrong).where, "Bundle.entry[0].resource");
}

TEST(ReadMessage, NoProblemRepeatsWhatTheMessageSays) {
  for (const char* path :
       {"/id", "/type", "/timestamp", "/entry/0/resource/id", "/entry/0/resource/focus/0/reference",
        "/entry/1/resource/birthDate", "/entry/2/resource/status", "/entry/2/resource/subject/reference",
        "/entry/2/resource/period/end", "/entry/2/resource/period/start", "/entry/2/resource/serviceProvider/reference",
        "/entry/6/resource/occurredDateTime", "/entry/6/resource/activity/coding/0/code"}) {
    Json message = Discharge();
    message[Json::json_pointer(path)] = "3213801234 Opdigtet";
    const Problem problem = ProblemOf(message);
    EXPECT_THAT(
        absl::StrCat(problem.where, problem.text),
        testing::AllOf(testing::Not(testing::HasSubstr("3213801234")), testing::Not(testing::HasSubstr("Opdig"))))
        << path;
  }
}

}  // namespace
}  // namespace envej::fhir
