#include "region-client/fhir/acknowledgement.h"

#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

const AcknowledgementIds kIds = {.bundle = "00000000-0000-4000-8000-000000000001",
                                 .header = "00000000-0000-4000-8000-000000000002",
                                 .provenance = "00000000-0000-4000-8000-000000000003",
                                 .outcome = "00000000-0000-4000-8000-000000000004",
                                 .sender = "00000000-0000-4000-8000-000000000005",
                                 .receiver = "00000000-0000-4000-8000-000000000006"};

std::string Written(const Message& message, const std::optional<Problem>& problem, Form form = Form::kJson) {
  return WriteAcknowledgement(message, problem, kIds, At("2027-01-16T08:00:02Z"), form);
}

Json Answer(const Message& message, const std::optional<Problem>& problem) {
  return Json::parse(Written(message, problem));
}

Json HeaderOf(Json answer) { return Header(answer); }

// Where FHIR names a value of each entry's resource of that type.
Json Only(const Json& bundle, const std::string& type) {
  Json only;
  for (const Json& entry : bundle["entry"]) {
    if (entry["resource"]["resourceType"] == type) only = entry["resource"];
  }
  return only;
}

TEST(Acknowledgement, OkNamesTheMessageAndGoesBackToWhereItCameFrom) {
  const Json answer = Answer(Read(Discharge()), std::nullopt);
  EXPECT_EQ(answer["type"], "message");
  EXPECT_EQ(answer["timestamp"], "2027-01-16T08:00:02Z");
  const Json header = HeaderOf(answer);
  EXPECT_EQ(header["eventCoding"]["code"], "acknowledgement-message");
  EXPECT_EQ(header["response"], (Json{{"identifier", "header-2"}, {"code", "ok"}}));
  EXPECT_EQ(header["destination"][0]["endpoint"], "https://sor2.sum.dsdn.dk/#id=1000000000000001");
  EXPECT_EQ(header["source"]["endpoint"], "https://sor2.sum.dsdn.dk/#id=1000000000000002");
  EXPECT_EQ(Only(answer, "Provenance")["entity"][0]["what"]["reference"], "MessageHeader/header-2");
  EXPECT_TRUE(Only(answer, "OperationOutcome").is_null());
}

TEST(Acknowledgement, AFatalErrorSaysWhatIsWrongAndWhere) {
  Json wrong = Discharge();
  Encounter(wrong)["status"] = "begun";
  const Message message = Read(wrong);
  const Json answer = Answer(message, ProblemOf(message));
  EXPECT_EQ(HeaderOf(answer)["response"]["code"], "fatal-error");
  EXPECT_EQ(HeaderOf(answer)["response"]["details"]["reference"], "urn:uuid:00000000-0000-4000-8000-000000000004");
  const Json issue = Only(answer, "OperationOutcome")["issue"][0];
  EXPECT_EQ(issue["severity"], "error");
  EXPECT_EQ(issue["code"], "value");
  EXPECT_EQ(issue["details"]["coding"][0]["code"], "MSG_VALUESET_VALUE_UNKNOWN");
  EXPECT_EQ(issue["diagnostics"],
            "Bundle.entry[2].resource.status is none that goes with the activity of the message's Provenance");
}

TEST(Acknowledgement, WhatCouldNotBeKeptNowMayBeSentAgain) {
  const Json answer = Answer(Read(Discharge()), Problem{Issue::kTransient, "", "could not be kept"});
  EXPECT_EQ(HeaderOf(answer)["response"]["code"], "transient-error");
  EXPECT_EQ(Only(answer, "OperationOutcome")["issue"][0]["diagnostics"], "the message could not be kept");
}

TEST(Acknowledgement, WhatCannotBeReadAtAllIsAnswered) {
  const Message message = ReadMessage("{", Form::kJson, Copenhagen(), kNow);
  const Json answer = Answer(message, ProblemOf(message));
  EXPECT_EQ(HeaderOf(answer)["response"]["identifier"], "unknown");
  EXPECT_EQ(HeaderOf(answer)["response"]["code"], "fatal-error");
  EXPECT_EQ(HeaderOf(answer)["destination"][0]["endpoint"], "http://medcomfhir.dk/unknown");
  EXPECT_FALSE(Only(answer, "Provenance").contains("entity"));
}

TEST(Acknowledgement, EveryReferenceLeadsToAnEntry) {
  const Message message = ReadMessage("{", Form::kJson, Copenhagen(), kNow);
  const Json answer = Answer(message, ProblemOf(message));
  std::string urls;
  for (const Json& entry : answer["entry"]) urls += entry["fullUrl"].get<std::string>() + "\n";
  const Json flat = answer.flatten();
  for (const auto& [place, value] : flat.items()) {
    if (!place.ends_with("/reference")) continue;
    EXPECT_NE(urls.find(value.get<std::string>()), std::string::npos) << place;
  }
}

TEST(Acknowledgement, XmlIsTheSameAsJson) {
  for (bool is_ok : {true, false}) {
    Json from = Discharge();
    Header(from)["source"]["endpoint"] = "https://ward.example/?a=1&b=<\"2\">";
    const Message message = Read(from);
    const std::optional<Problem> problem =
        is_ok ? std::nullopt : std::optional<Problem>(Problem{Issue::kRequired, "Bundle.id", "is missing"});
    auto json = std::get<Element>(ReadElements(Written(message, problem), Form::kJson));
    const auto xml = std::get<Element>(ReadElements(Written(message, problem, Form::kXml), Form::kXml));
    // XML has the narrative in HTML, which is not read.
    for (Element& child : json.children) {
      if (child.name != "entry") continue;
      for (Element& text : child.children[1].children) {
        if (text.name == "text") text.children.pop_back();
      }
    }
    EXPECT_EQ(json, xml);
  }
}

TEST(Acknowledgement, IsItselfAnAcknowledgementThatIsNotAnswered) {
  const std::string written = Written(Read(Discharge()), std::nullopt, Form::kXml);
  const Message read = ReadMessage(written, Form::kXml, Copenhagen(), kNow);
  EXPECT_EQ(std::get<NoConcern>(read.says), NoConcern::kAcknowledgement);
  EXPECT_EQ(read.ids.bundle_id, kIds.bundle);
  EXPECT_EQ(read.sender.sor_code, "1000000000000002");
}

TEST(Acknowledgement, IsTheSameForTheSameIdsAndTime) {
  EXPECT_EQ(Written(Read(Discharge()), std::nullopt), Written(Read(Discharge()), std::nullopt));
}

}  // namespace
}  // namespace envej::fhir
