// What is taken into a case of what was said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "region-client/ward/joining.h"
#include "tests/region-client/ward/ward_day.h"

namespace envej::ward {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Event SaysOfDeath(bool deceased, int hours, const std::string& source) {
  Event event = EventAt(EventKind::kUpdated, hours);
  event.deceased = deceased;
  event.source = source;
  return event;
}

TEST(CaseFactsTest, ADeathIsTakenBackOnlyByWhoSaidIt) {
  const Event said = SaysOfDeath(true, 4, "fhir");
  const Event other = SaysOfDeath(false, 5, "adt");
  for (const auto& [first, second] : {std::pair(said, other), std::pair(other, said)}) {
    WardDay day = Discharged();
    day.Take(first);
    day.Take(second);
    EXPECT_EQ(day.Why(), WhyNot::kDeceased);
    day.Take(SaysOfDeath(false, 3, "fhir"));
    EXPECT_EQ(day.Why(), WhyNot::kDeceased) << "it was recorded before";
    day.Take(SaysOfDeath(false, 6, "fhir"));
    EXPECT_EQ(day.Why(), std::nullopt);
  }
}

TEST(CaseFactsTest, OfManySourcesADeathIsKept) {
  WardDay day = Discharged();
  day.Take(SaysOfDeath(true, 4, "fhir"));
  for (int source = 0; source < 20; ++source) day.Take(SaysOfDeath(false, 5, std::to_string(source)));
  EXPECT_EQ(day.Why(), WhyNot::kDeceased);
  EXPECT_EQ(day.known_.person().death_words_size(), 8);
}

TEST(CaseFactsTest, OfManyNumbersThoseThatIdentifyAreKept) {
  WardDay day = Discharged();
  Event event = EventAt(EventKind::kUpdated, 3);
  for (int number = 0; number < 40; ++number) event.patient.push_back({"ELSEWHERE", std::to_string(number)});
  day.Take(event);
  EXPECT_EQ(day.known_.patient_ids_size(), 16);
  event.merged = {{.authority = "HOSP", .value = "2002"}};
  day.Take(event);
  EXPECT_EQ(day.known_.patient_ids_size(), 16);
  EXPECT_THAT(IdsOf(day.known_), testing::IsSupersetOf({PatientId{"HOSP", "1001"}, PatientId{"HOSP", "2002"}}));
  WardDay other;
  other.Take(EventAt(EventKind::kUpdated, 4));
  other.Merge(day);
  EXPECT_EQ(other.known_.patient_ids_size(), 16);
}

TEST(CaseFactsTest, AConsentIsWithdrawnThoughTheClockWentBack) {
  WardDay day = Discharged();
  day.WithdrawConsentAt(-1);
  EXPECT_EQ(day.Why(), WhyNot::kConsentWithdrawn);
  EXPECT_EQ(contract::FromMessage(day.known_.consent().withdrawn_at()), At(1));
}

TEST(CaseFactsTest, AConsentIsAskedForWhereAllElseIsThere) {
  WardDay day;
  Event minor = DischargeAt(2);
  minor.birth_day = absl::CivilDay(2010, 3, 10);
  day.Take(minor);
  EXPECT_EQ(day.Why(), WhyNot::kUnderAge);
  Event elsewhere = DischargeAt(3);
  elsewhere.ward = "K1";
  day.Take(elsewhere);
  EXPECT_EQ(day.Why(), WhyNot::kNotPsychiatry);
  day.Take(DischargeAt(4));
  EXPECT_EQ(day.Why(), WhyNot::kNoConsent);
}

TEST(CaseFactsTest, OfNoConcernIsWhatSaysThatItDoesNotCount) {
  const Site site = WardDay().site_;
  Event event = DischargeAt(2);
  EXPECT_EQ(WhyOfNoConcern(event, site), std::nullopt);
  event.patient_class = PatientClass::kUnknown;
  EXPECT_EQ(WhyOfNoConcern(event, site), std::nullopt) << "it may be said later";
  event.ward = "K1";
  EXPECT_EQ(WhyOfNoConcern(event, site), WhyNot::kNotPsychiatry);
  event.service = "PSY";
  EXPECT_EQ(WhyOfNoConcern(event, site), std::nullopt);
  event.patient_class = PatientClass::kOther;
  EXPECT_EQ(WhyOfNoConcern(event, site), WhyNot::kNotInpatient);
  event.deceased = false;
  EXPECT_EQ(WhyOfNoConcern(event, site), WhyNot::kNotInpatient);
  event.deceased = true;
  EXPECT_EQ(WhyOfNoConcern(event, site), std::nullopt);
  event.deceased.reset();
  event.kind = EventKind::kMerged;
  EXPECT_EQ(WhyOfNoConcern(event, site), std::nullopt);
}

TEST(CaseFactsTest, OfAPatientAtMostEightNoticesAreKept) {
  WardDay day = Discharged();
  for (int hours = 3; hours < 40; hours += 2) {
    day.Take(EventAt(EventKind::kDischargeCancelled, hours));
    day.Take(DischargeAt(hours + 1));
  }
  EXPECT_EQ(day.known_.notices_size(), 8);
  EXPECT_FALSE(day.Had().envelope().notice_id().empty());
}

TEST(CaseFactsTest, AProtectedAddressIsNotSent) {
  WardDay day;
  v1::RegisteredConsent consent = ConsentAt(1);
  consent.mutable_contact()->mutable_postal_address()->set_street("Opdigtet Vej 1");
  day.Take(consent);
  Event event = DischargeAt(2);
  event.contact.name_and_address_protection = true;
  day.Take(event);
  EXPECT_TRUE(day.Had().citizen().name_and_address_protection());
  EXPECT_FALSE(day.Had().citizen().has_postal_address());
}

TEST(CaseFactsTest, OfWhatSystemsSayOnlyWhatANoticeMayTakeIsKept) {
  WardDay day;
  day.Take(ConsentAt(1));
  Event event = DischargeAt(2);
  event.contact.email = "a@b.example";
  event.contact.postal_address = PostalAddress{.street = "Opdigtet Vej 1", .postal_code = "9999", .city = "Ingenby"};
  day.Take(event);
  EXPECT_FALSE(day.known_.person().contact().name().empty());
  EXPECT_TRUE(day.known_.person().contact().email().empty());
  EXPECT_FALSE(day.known_.person().contact().has_postal_address());
}

TEST(CaseFactsTest, ADayOfDischargeThatIsCorrectedIsRevised) {
  WardDay day = Discharged();
  Event corrected = EventAt(EventKind::kUpdated, 4);
  corrected.discharge_day = absl::CivilDay(2027, 3, 9);
  day.Take(corrected);
  EXPECT_EQ(day.Had().envelope().discharge_date(), "2027-03-09");
  EXPECT_EQ(day.Had().envelope().revision(), 2u);
}

TEST(CaseFactsTest, ThePlannedDayOfAnUpdateMovesAPlanAndNoDischarge) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(PlanAt(2, absl::CivilDay(2027, 3, 11)));
  Event update = EventAt(EventKind::kUpdated, 3);
  update.planned_day = absl::CivilDay(2027, 3, 12);
  day.Take(update);
  EXPECT_EQ(day.Had().envelope().discharge_date(), "2027-03-12");
  day.Take(DischargeAt(4));
  update.recorded_at = At(5);
  day.Take(update);
  EXPECT_EQ(day.Had().envelope().discharge_date(), kToday);
}

TEST(CaseFactsTest, ANumberThatIsNoneAnyMoreIsNotTakenFromOlderWord) {
  const auto said = [](int hours, const std::string& number) {
    Event event = EventAt(EventKind::kUpdated, hours);
    if (number.empty()) {
      event.contact.has_no_phone_number = true;
    } else {
      event.contact.phone_numbers = {number};
    }
    return event;
  };
  v1::RegisteredConsent consent = ConsentAt(1);
  consent.mutable_contact()->clear_phone_numbers();
  const std::string old = "+4520000001";
  const std::vector<std::vector<Event>> orders = {{said(2, old), said(3, "")}, {said(3, ""), said(2, old)}};
  for (const std::vector<Event>& order : orders) {
    WardDay day;
    day.Take(consent);
    for (const Event& event : order) day.Take(event);
    day.Take(DischargeAt(4));
    EXPECT_EQ(day.municipality_.messages(), 0) << "there is nothing to call";
    day.Take(said(5, "+4520000002"));
    EXPECT_EQ(day.Had().citizen().phone_numbers(0), "+4520000002");
  }
}

}  // namespace
}  // namespace envej::ward
