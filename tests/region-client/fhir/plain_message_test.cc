#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

TEST(PlainMessage, TheEncounterAloneSaysWhatHappened) {
  EXPECT_EQ(OneEvent(PlainMessage("finished")).kind, EventKind::kDischarged);
  EXPECT_EQ(OneEvent(PlainMessage("cancelled")).kind, EventKind::kEnteredInError);
  EXPECT_EQ(OneEvent(PlainMessage("entered-in-error")).kind, EventKind::kEnteredInError);
  EXPECT_EQ(std::get<NoConcern>(Read(PlainMessage("planned")).says), NoConcern::kNoStayYet);
  EXPECT_EQ(ProblemOf(PlainMessage("unknown")).where, "Bundle.entry[2].resource.status");
}

TEST(PlainMessage, AStayThatGoesOnAndHasAnEndIsAPlannedDischarge) {
  Json message = PlainMessage("in-progress");
  const ward::Event planned = OneEvent(message);
  EXPECT_EQ(planned.kind, EventKind::kDischargePlanned);
  EXPECT_EQ(planned.discharge_day, absl::CivilDay(2027, 1, 16));
  EXPECT_EQ(planned.happened_at, At("2027-01-16T08:00:01+01:00"));
  Encounter(message)["period"].erase("end");
  EXPECT_EQ(OneEvent(message).kind, EventKind::kAdmitted);
  Encounter(message)["status"] = "onleave";
  EXPECT_EQ(std::get<NoConcern>(Read(message).says), NoConcern::kLeave);
}

TEST(PlainMessage, TheStayIsTheEncountersOwnNumber) { EXPECT_EQ(OneEvent(PlainMessage("finished")).stay, "stay-17"); }

TEST(PlainMessage, TheServiceIsTheFirstCodeOfItsType) {
  Json message = PlainMessage("finished");
  Encounter(message)["serviceType"]["coding"] = Json::array({{{"code", "PSY"}}, {{"code", "other"}}});
  EXPECT_EQ(OneEvent(message).service, "PSY");
}

TEST(PlainMessage, WhereToThePatientWentIsSaid) {
  const auto discharged_to = [](const char* code) {
    Json message = PlainMessage("finished");
    Encounter(message)["hospitalization"]["dischargeDisposition"]["coding"] =
        Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/discharge-disposition"}, {"code", code}}});
    return OneEvent(message);
  };
  EXPECT_TRUE(discharged_to("home").discharged_home);
  EXPECT_FALSE(discharged_to("other-hcf").discharged_home);
  EXPECT_FALSE(discharged_to("psy").discharged_home);
  EXPECT_EQ(discharged_to("home").deceased, std::nullopt);
  EXPECT_EQ(discharged_to("exp").deceased, true);
}

TEST(PlainMessage, AnEventMayBeSaidByItsAddress) {
  Json message = PlainMessage("finished");
  Header(message).erase("eventCoding");
  Header(message)["eventUri"] = "http://ward.example/events/A03";
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
}

TEST(PlainMessage, EveryEncounterInFocusIsToldOf) {
  Json message = PlainMessage("finished");
  Json other = message["entry"][2];
  other["fullUrl"] = "https://ward.example/fhir/Encounter/other";
  other["resource"]["id"] = "other";
  message["entry"].push_back(other);
  Header(message)["focus"].push_back({{"reference", "Encounter/other"}});
  EXPECT_EQ(std::get<std::vector<ward::Event>>(Read(message).says).size(), 2);
}

}  // namespace
}  // namespace envej::fhir
