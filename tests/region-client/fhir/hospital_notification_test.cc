#include "region-client/fhir/hospital_notification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

TEST(HospitalNotification, ADischargeSaysWhoFromWhereAndWhen) {
  const ward::Event event = OneEvent(Discharge());
  EXPECT_EQ(event.kind, EventKind::kDischarged);
  EXPECT_EQ(event.patient, (std::vector<ward::PatientId>{{"urn:oid:1.2.208.176.1.2", kNobody}}));
  EXPECT_EQ(event.stay, "urn:uuid:11111111-2222-4333-8444-555555555555");
  EXPECT_EQ(event.ward, "1000000000000001");
  EXPECT_EQ(event.patient_class, ward::PatientClass::kInpatient);
  EXPECT_TRUE(event.discharged_home);
  EXPECT_EQ(event.happened_at, At("2027-01-15T23:30:00Z"));
  EXPECT_EQ(event.recorded_at, At("2027-01-16T08:00:01+01:00"));
  // Half past midnight in Copenhagen.
  EXPECT_EQ(event.discharge_day, absl::CivilDay(2027, 1, 16));
  EXPECT_EQ(event.birth_day, absl::CivilDay(1980, 2, 1));
  EXPECT_EQ(event.deceased, std::nullopt);
  EXPECT_EQ(event.contact.name, "Åse Blåbær Opdigtet");
  EXPECT_THAT(event.contact.phone_numbers, testing::ElementsAre("20 00 00 01"));
}

TEST(HospitalNotification, ACorrectedDischargeIsADischargeThatHappensWhenItIsCorrected) {
  Json message = Notification("revise-discharge-inpatient-home", "finished");
  Encounter(message)["period"]["end"] = "2027-01-14T10:00:00+01:00";
  const ward::Event event = OneEvent(message);
  EXPECT_EQ(event.kind, EventKind::kDischarged);
  EXPECT_EQ(event.discharge_day, absl::CivilDay(2027, 1, 14));
  EXPECT_EQ(event.happened_at, At("2027-01-16T08:00:00+01:00"));
}

TEST(HospitalNotification, ACancelledDischargeHappensWhenItIsCancelled) {
  const ward::Event event = OneEvent(Notification("cancel-discharge-inpatient-home", "in-progress"));
  EXPECT_EQ(event.kind, EventKind::kDischargeCancelled);
  EXPECT_EQ(event.happened_at, At("2027-01-16T08:00:00+01:00"));
  EXPECT_EQ(event.discharge_day, std::nullopt);
}

TEST(HospitalNotification, AnAdmissionHappensWhenTheStayBegins) {
  const ward::Event event = OneEvent(Notification("admit-inpatient", "in-progress"));
  EXPECT_EQ(event.kind, EventKind::kAdmitted);
  EXPECT_EQ(event.happened_at, At("2027-01-10T12:00:00+01:00"));
  EXPECT_EQ(OneEvent(Notification("revise-admit-inpatient", "in-progress")).kind, EventKind::kUpdated);
  EXPECT_EQ(OneEvent(Notification("cancel-admit-inpatient", "entered-in-error")).kind, EventKind::kEnteredInError);
}

TEST(HospitalNotification, AnotherClassThanInpatientIsSaid) {
  Json message = Notification("discharge-emergency-home", "finished");
  Encounter(message)["class"]["code"] = "EMER";
  EXPECT_EQ(OneEvent(message).patient_class, ward::PatientClass::kOther);
  Encounter(message)["class"]["system"] = "http://ward.example/classes";
  EXPECT_EQ(OneEvent(message).patient_class, ward::PatientClass::kUnknown);
  message = Discharge();
  Encounter(message)["class"]["code"] = "ACUTE";
  EXPECT_EQ(OneEvent(message).patient_class, ward::PatientClass::kInpatient);
}

TEST(HospitalNotification, LeaveIsOfNoConcern) {
  for (const char* activity : {"start-leave-inpatient", "revise-start-leave-inpatient", "cancel-end-leave-inpatient"}) {
    EXPECT_EQ(std::get<NoConcern>(Read(Notification(activity, "onleave")).says), NoConcern::kLeave) << activity;
  }
}

TEST(HospitalNotification, ADeathIsSaidWithTheActivityOfTheMessageBefore) {
  for (const char* activity : {"admit-inpatient", "start-leave-inpatient", "discharge-inpatient-home"}) {
    Json message = Notification(activity, "finished");
    Patient(message)["deceasedBoolean"] = true;
    const ward::Event event = OneEvent(message);
    EXPECT_EQ(event.deceased, true) << activity;
    EXPECT_EQ(event.happened_at, At("2027-01-16T08:00:00+01:00")) << activity;
  }
  Json message = Discharge();
  Patient(message)["deceasedDateTime"] = "2027-01-15";
  EXPECT_EQ(OneEvent(message).deceased, true);
}

TEST(HospitalNotification, ThatADeathWasNoneComesAfterTheDeath) {
  Json message = Notification("admit-inpatient", "in-progress");
  Patient(message)["deceasedBoolean"] = false;
  const ward::Event event = OneEvent(message);
  EXPECT_EQ(event.deceased, false);
  EXPECT_EQ(event.happened_at, At("2027-01-16T08:00:00+01:00"));
}

TEST(HospitalNotification, AStatusThatContradictsTheActivityIsWrong) {
  const Problem problem = ProblemOf(Notification("discharge-inpatient-home", "in-progress"));
  EXPECT_EQ(problem.issue, Issue::kValue);
  EXPECT_EQ(problem.where, "Bundle.entry[2].resource.status");
}

TEST(HospitalNotification, WhatIsMissingIsNamed) {
  const auto without = [](const char* path) {
    Json message = Discharge();
    const Json::json_pointer place(path);
    message[place.parent_pointer()].erase(place.back());
    return ProblemOf(message).where;
  };
  EXPECT_EQ(without("/entry/2/resource/status"), "Bundle.entry[2].resource.status");
  EXPECT_EQ(without("/entry/2/resource/subject"), "Bundle.entry[2].resource.subject");
  EXPECT_EQ(without("/entry/1/resource/identifier"), "Bundle.entry[1].resource.identifier");
  EXPECT_EQ(without("/entry/0/resource/id"), "Bundle.entry[0].resource.id");
  EXPECT_EQ(without("/type"), "Bundle.type");
  EXPECT_EQ(without("/entry/6/resource/activity"), "Bundle.entry[6].resource.activity");
}

TEST(HospitalNotification, ADateThatCannotBeReadIsWrong) {
  Json message = Discharge();
  Encounter(message)["period"]["end"] = "15-01-2027";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[2].resource.period.end");
  message = Discharge();
  Patient(message)["birthDate"] = "1980-02-31";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[1].resource.birthDate");
}

TEST(HospitalNotification, AnEndWithoutATimeOfDayIsADay) {
  Json message = Discharge();
  Encounter(message)["period"]["end"] = "2027-01-15";
  const ward::Event event = OneEvent(message);
  EXPECT_EQ(event.discharge_day, absl::CivilDay(2027, 1, 15));
  EXPECT_EQ(event.happened_at, At("2027-01-16T08:00:00+01:00"));
}

TEST(HospitalNotification, ADischargeWithoutADayIsWrongUnlessItIsADeath) {
  Json message = Discharge();
  Encounter(message)["period"]["end"] = "2027-01";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[2].resource.period.end");
  Encounter(message)["period"].erase("end");
  EXPECT_EQ(ProblemOf(message).issue, Issue::kRequired);
  Patient(message)["deceasedBoolean"] = true;
  EXPECT_EQ(OneEvent(message).deceased, true);
}

TEST(HospitalNotification, WhatSaysNoTimesOfItsOwnTakesThoseOfTheMessage) {
  Json message = Notification("cancel-discharge-inpatient-home", "in-progress");
  message.erase("timestamp");
  EXPECT_EQ(OneEvent(message).recorded_at, At("2027-01-16T08:00:00+01:00"));
  message = Notification("cancel-discharge-inpatient-home", "in-progress");
  OwnProvenance(message).erase("occurredDateTime");
  EXPECT_EQ(OneEvent(message).happened_at, At("2027-01-16T08:00:01+01:00"));
}

TEST(HospitalNotification, WhatSaysNoTimeOfDayIsWrong) {
  for (const char* const said : {"", "2027-01-16"}) {
    Json message = PlainMessage("in-progress");
    Encounter(message)["period"] = {{"start", "2027-01-10"}};
    message["timestamp"] = said;
    if (*said == '\0') message.erase("timestamp");
    EXPECT_EQ(ProblemOf(message).where, "Bundle.timestamp");
    EXPECT_EQ(ProblemOf(message).issue, Issue::kRequired);
    Encounter(message)["period"]["start"] = "2027-01-10T12:00:00+01:00";
    EXPECT_EQ(OneEvent(message).happened_at, At("2027-01-10T12:00:00+01:00"));
  }
}

TEST(HospitalNotification, WhatIsMadeInTheFutureIsWrongAtItsPlace) {
  const std::string future = "2099-01-01T00:00:00Z";
  Json message = Discharge();
  message["timestamp"] = future;
  EXPECT_EQ(ProblemOf(message).where, "Bundle.timestamp");
  EXPECT_EQ(ProblemOf(message).issue, Issue::kValue);
  for (const char* name : {"occurredDateTime", "recorded"}) {
    message = Discharge();
    OwnProvenance(message)[name] = future;
    EXPECT_EQ(ProblemOf(message).where, absl::StrCat("Bundle.entry[6].resource.", name));
  }
  message = Discharge();
  message["timestamp"] = "2027-01-16T10:00:00+01:00";
  EXPECT_EQ(OneEvent(message).recorded_at, kNow + ward::kRecordedAheadMost);
}

TEST(HospitalNotification, WhatIsStillToComeHasNotHappened) {
  Json message = Discharge();
  Encounter(message)["period"]["end"] = "2027-01-20T12:00:00+01:00";
  EXPECT_EQ(OneEvent(message).happened_at, At("2027-01-16T08:00:00+01:00"));
  EXPECT_EQ(OneEvent(message).discharge_day, absl::CivilDay(2027, 1, 20));
}

TEST(HospitalNotification, AWardThatIsNotInTheMessageIsWrong) {
  Json message = Discharge();
  Encounter(message)["serviceProvider"]["reference"] = "Organization/elsewhere";
  const Problem problem = ProblemOf(message);
  EXPECT_EQ(problem.issue, Issue::kNotFound);
  EXPECT_EQ(problem.where, "Bundle.entry[2].resource.serviceProvider.reference");
}

TEST(HospitalNotification, AWardMayBeSaidByItsNumberAlone) {
  Json message = Discharge();
  Encounter(message)["serviceProvider"] = {{"identifier", {{"value", "1000000000000009"}}}};
  EXPECT_EQ(OneEvent(message).ward, "1000000000000009");
}

TEST(HospitalNotification, OfManyEncountersTheOneInFocusIsTold) {
  Json message = Discharge();
  Json other = message["entry"][2];
  other["fullUrl"] = "https://ward.example/fhir/Encounter/other";
  other["resource"]["id"] = "other";
  other["resource"]["status"] = "planned";
  message["entry"].push_back(other);
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
  Header(message).erase("focus");
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[0].resource.focus");
}

TEST(HospitalNotification, AnEncounterThatIsInFocusTwiceIsToldOnce) {
  Json message = Discharge();
  for (int again = 0; again < 100; ++again) Header(message)["focus"].push_back({{"reference", "Encounter/stay"}});
  EXPECT_EQ(OneEvent(message).kind, EventKind::kDischarged);
}

TEST(HospitalNotification, ManyEncountersAreToldAndMoreAreWrong) {
  Json message = Discharge();
  const auto add = [&](size_t number) {
    const std::string id = absl::StrCat("stay-", number);
    Json other = message["entry"][2];
    other["fullUrl"] = absl::StrCat("https://ward.example/fhir/Encounter/", id);
    other["resource"]["id"] = id;
    message["entry"].push_back(other);
    Header(message)["focus"].push_back({{"reference", absl::StrCat("Encounter/", id)}});
  };
  for (size_t number = 1; number < kEncounters; ++number) add(number);
  EXPECT_THAT(std::get<std::vector<ward::Event>>(Read(message).says), testing::SizeIs(kEncounters));
  add(kEncounters);
  EXPECT_EQ(ProblemOf(message).where, absl::StrCat("Bundle.entry[0].resource.focus[", kEncounters, "]"));
  EXPECT_EQ(ProblemOf(message).issue, Issue::kTooLong);
}

TEST(HospitalNotification, WhatIsClinicalIsDropped) {
  Json message = Discharge();
  Encounter(message)["reasonCode"] = Json::array({{{"text", "hemmelig diagnose"}}});
  message["entry"].push_back(
      {{"resource", {{"resourceType", "Condition"}, {"code", {{"text", "hemmelig diagnose"}}}}}});
  EXPECT_EQ(Described(OneEvent(message)), Described(OneEvent(Discharge())));
}

}  // namespace
}  // namespace envej::fhir
