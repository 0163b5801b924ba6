#include "region-client/fhir/bundle.h"

#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

// A message whose subject is said by this reference, in place of the Patient's type and id.
Json Referring(const std::string& reference) {
  Json message = Discharge();
  Encounter(message)["subject"]["reference"] = reference;
  return message;
}

TEST(Bundle, AReferenceLeadsByTypeAndIdOrByTheFullUrl) {
  for (const char* reference :
       {"Patient/citizen", "Patient/citizen/_history/3", "https://ward.example/fhir/Patient/citizen",
        "https://ward.example/fhir/Patient/citizen/_history/3"}) {
    EXPECT_EQ(OneEvent(Referring(reference)).patient[0].value, kNobody) << reference;
  }
}

TEST(Bundle, AFullUrlMayBeAUuidOrLikeAReference) {
  for (const char* url : {"urn:uuid:11111111-2222-4333-8444-555555555556", "Patient/citizen"}) {
    Json message = Referring(url);
    message["entry"][1]["fullUrl"] = url;
    EXPECT_EQ(OneEvent(message).patient[0].value, kNobody) << url;
  }
}

TEST(Bundle, AReferenceThatLeadsNowhereIsWrong) {
  for (const char* reference :
       {"Patient/other", "citizen", "/", "//", "Patient/", "#citizen", "#", "Encounter/citizen",
        "https://other.example/fhir/Patient/citizen", "urn:uuid:11111111-2222-4333-8444-555555555556"}) {
    const Problem problem = ProblemOf(Referring(reference));
    EXPECT_EQ(problem.issue, Issue::kNotFound) << reference;
    EXPECT_EQ(problem.where, "Bundle.entry[2].resource.subject.reference") << reference;
  }
}

TEST(Bundle, AReferenceToAnotherKindOfResourceIsWrong) {
  const Problem problem = ProblemOf(Referring("Encounter/stay"));
  EXPECT_EQ(problem.issue, Issue::kValue);
  EXPECT_EQ(problem.where, "Bundle.entry[2].resource.subject");
}

TEST(Bundle, AReferenceThatLeadsToTwoIsWrong) {
  Json message = Discharge();
  message["entry"].push_back(message["entry"][1]);
  EXPECT_EQ(ProblemOf(message).text, "leads to more than one resource");
}

TEST(Bundle, WhatAResourceContainsIsReferredToWithin) {
  Json message = Discharge();
  Encounter(message)["contained"] = Json::array(
      {{{"resourceType", "Organization"}, {"id", "own"}, {"identifier", Json::array({{{"value", "w-7"}}})}}});
  Encounter(message)["serviceProvider"]["reference"] = "#own";
  EXPECT_EQ(OneEvent(message).ward, "w-7");
}

TEST(Bundle, WhoSendsNeedNotBeInTheMessage) {
  Json message = Discharge();
  Header(message)["sender"]["reference"] = "https://other.example/fhir/Organization/1";
  EXPECT_EQ(OneEvent(message).kind, ward::EventKind::kDischarged);
  EXPECT_EQ(Read(message).sender.sor_code, "");
}

}  // namespace
}  // namespace envej::fhir
