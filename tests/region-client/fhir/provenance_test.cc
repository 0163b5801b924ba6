#include "region-client/fhir/provenance.h"

#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

TEST(Provenance, TheOneThatAimsAtThisMessageCountsWhateverItsPlaceAndTime) {
  Json message = Discharge();
  std::swap(message["entry"][5], message["entry"][6]);
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
  message["entry"][6]["resource"]["occurredDateTime"] = "2028-01-01T00:00:00Z";
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
}

TEST(Provenance, WhereNoneAimsAtThisMessageTheNewestCounts) {
  Json message = Discharge();
  OwnProvenance(message)["target"][0]["reference"] = "MessageHeader/header-1";
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
}

TEST(Provenance, TwoThatAreAsNewAndDifferAreWrong) {
  Json message = Discharge();
  Json other = message["entry"][6];
  other["fullUrl"] = "https://ward.example/fhir/Provenance/third";
  other["resource"]["id"] = "third";
  message["entry"].push_back(other);
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
  message["entry"][7]["resource"]["activity"]["coding"][0]["code"] = "cancel-discharge-inpatient-home";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[7].resource");
}

TEST(Provenance, NoneOrOneOfAnotherActivityIsWrong) {
  Json message = Discharge();
  OwnProvenance(message)["activity"]["coding"][0]["code"] = "reply-message";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[6].resource.activity");
  message["entry"].erase(6);
  message["entry"].erase(5);
  EXPECT_EQ(ProblemOf(message).text, "holds no Provenance");
}

}  // namespace
}  // namespace envej::fhir
