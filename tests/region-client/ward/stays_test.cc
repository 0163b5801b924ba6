#include "region-client/ward/stays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/ward/ward_day.h"

namespace envej::ward {
namespace {

using envej::v1::WithdrawalReason;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kDays = 24;  // in hours

Event From(const char* ward, Event event) {
  event.ward = ward;
  return event;
}

Event Outpatient(Event event) {
  event.patient_class = PatientClass::kOther;
  return event;
}

class StaysTest : public testing::Test {
 protected:
  StaysTest() {
    day_.Take(EventAt(EventKind::kAdmitted, -20));
    day_.Take(ConsentAt(1));
    day_.Take(DischargeAt(2));
  }
  std::vector<Stay> Stays() const { return StaysOf(day_.known_, day_.site_); }

  WardDay day_;  // a notice was made of a discharge today
};

TEST_F(StaysTest, ANoticeTellsOfItsOwnStayAlsoAfterAnother) {
  day_.last().set_standing(v1::NOTICE_STANDING_ACKNOWLEDGED);
  day_.now_ = At(63 * kDays);
  day_.Take(EventAt(EventKind::kAdmitted, 60 * kDays, "S2"));
  day_.Take(DischargeAt(62 * kDays, "S2"));
  EXPECT_EQ(day_.Why(), WhyNot::kNoConsent);
  for (const EventKind kind : {EventKind::kDischargeCancelled, EventKind::kDischargePlanned,
                               EventKind::kDischargePlanCancelled, EventKind::kEnteredInError}) {
    day_.Take(EventAt(kind, 62 * kDays + static_cast<int>(kind), "S2"));
  }
  Event elsewhere = DischargeAt(63 * kDays, "S2");
  elsewhere.discharged_home = false;
  day_.Take(elsewhere);
  EXPECT_EQ(day_.Why(), WhyNot::kNotHome);
  day_.Take(Outpatient(DischargeAt(63 * kDays, "S2")));
  EXPECT_EQ(day_.Why(), WhyNot::kNotInpatient);
  EXPECT_THAT(day_.municipality_.withdrawn(), IsEmpty()) << "nobody withdrew anything, and the mentor's course goes on";
  EXPECT_EQ(day_.Had().envelope().revision(), 1u);
}

TEST_F(StaysTest, AnotherDischargeHasANoticeOfItsOwnAndTheFirstIsNotRevised) {
  const std::string first = day_.Had().envelope().notice_id();
  day_.now_ = At(63 * kDays);
  day_.Take(EventAt(EventKind::kAdmitted, 60 * kDays, "S2"));
  day_.Take(ConsentAt(61 * kDays, "2027-05-10"));
  day_.Take(DischargeAt(62 * kDays, "S2"));
  EXPECT_EQ(day_.DischargeDates(), "2027-03-10 2027-05-11");
  EXPECT_EQ(day_.municipality_.notices().at(first).envelope().revision(), 1u);
  day_.WithdrawConsentAt(64 * kDays);
  EXPECT_THAT(day_.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_CONSENT_WITHDRAWN,
                                                          WithdrawalReason::WITHDRAWAL_REASON_CONSENT_WITHDRAWN));
}

TEST_F(StaysTest, ANumberThatIsUsedAgainLongAfterIsOfAnotherStay) {
  for (const char* const number : {"S1", ""}) {
    WardDay day = day_;
    day.now_ = At(63 * kDays);
    day.Take(ConsentAt(61 * kDays, "2027-05-10"));
    day.Take(DischargeAt(62 * kDays, number));
    EXPECT_EQ(day.DischargeDates(), "2027-03-10 2027-05-11") << number;
  }
}

TEST_F(StaysTest, ADischargeThatIsSaidAgainSoonIsTheSame) {
  for (const char* const number : {"S1", ""}) {
    WardDay day = day_;
    day.Take(DischargeAt(3, number));
    EXPECT_EQ(day.Had().envelope().revision(), 1u) << number;
  }
}

TEST_F(StaysTest, AfterAReadmissionThatNeverWasTheNoticeIsMadeAgain) {
  day_.Take(EventAt(EventKind::kAdmitted, 6, "S2"));
  EXPECT_EQ(day_.Why(), WhyNot::kReadmitted);
  EXPECT_THAT(day_.municipality_.notices(), IsEmpty());
  day_.Take(EventAt(EventKind::kEnteredInError, 7, "S2"));
  EXPECT_EQ(day_.Had().envelope().discharge_date(), kToday);
}

TEST_F(StaysTest, AReadmissionIsToldAlsoWhenItIsOverBefore) {
  day_.now_ = At(40 * kDays);
  day_.Take(DischargeAt(9 * kDays, "S2"));
  EXPECT_THAT(day_.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_READMITTED));
}

TEST_F(StaysTest, AReadmissionToAWardThatIsLeftForAnotherHospitalBringsNothingBack) {
  day_.Take(EventAt(EventKind::kAdmitted, 6, "S2"));
  day_.Take(From("K1", EventAt(EventKind::kMoved, 7, "S2")));
  EXPECT_THAT(day_.municipality_.notices(), IsEmpty());
  day_.Take(From("K1", DischargeAt(8, "S2")));
  EXPECT_EQ(day_.Why(), WhyNot::kNotPsychiatry);
  EXPECT_THAT(day_.municipality_.notices(), IsEmpty());
}

TEST_F(StaysTest, APlanThatANewStayOvertakesWasInError) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(PlanAt(2, absl::CivilDay(2027, 3, 12)));
  day.Take(EventAt(EventKind::kAdmitted, 6, "S2"));
  EXPECT_THAT(day.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR));
}

TEST_F(StaysTest, WithoutANumberWordOfAVisitIsNotOfTheStay) {
  for (const EventKind kind : {EventKind::kUpdated, EventKind::kEnteredInError, EventKind::kDischargeCancelled}) {
    for (const Event& event : {Outpatient(EventAt(kind, 4, "")), From("K1", EventAt(kind, 4, ""))}) {
      WardDay day = day_;
      Event visit = event;
      visit.discharge_day = absl::CivilDay(2027, 3, 11);
      day.Take(visit);
      EXPECT_EQ(day.Had().envelope().discharge_date(), kToday);
      EXPECT_EQ(day.municipality_.messages(), 1);
    }
  }
  day_.Take(EventAt(EventKind::kDischargeCancelled, 4, ""));
  EXPECT_EQ(day_.Why(), WhyNot::kDischargeCancelled) << "of a ward that counts it is";
}

TEST_F(StaysTest, WithoutANumberAMoveElsewhereIsOfTheStayAndSoIsTheDischargeFromThere) {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, -20, ""));
  day.Take(ConsentAt(1));
  day.Take(From("K1", EventAt(EventKind::kMoved, 2, "")));
  day.Take(From("K1", DischargeAt(3, "")));
  EXPECT_EQ(day.Why(), WhyNot::kNotPsychiatry);
  ASSERT_EQ(StaysOf(day.known_, day.site_).size(), 1u);
}

TEST_F(StaysTest, WithoutANumberADischargeBeforeAnAdmissionIsOfTheStayBefore) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(EventAt(EventKind::kAdmitted, 6, ""));
  Event late = DischargeAt(2, "");
  late.recorded_at = At(8);
  day.Take(late);
  EXPECT_EQ(day.Why(), WhyNot::kReadmitted);
  EXPECT_EQ(day.municipality_.messages(), 0);
}

TEST_F(StaysTest, ANumberIsTakenOverByAStayThatHadNone) {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, -20, ""));
  day.Take(DischargeAt(2, "S7"));
  const std::vector<Stay> stays = StaysOf(day.known_, day.site_);
  ASSERT_EQ(stays.size(), 1u);
  EXPECT_EQ(stays[0].number, "S7");
  EXPECT_EQ(stays[0].admitted_at, At(-20));
  EXPECT_EQ(stays[0].ended_at, At(2));
}

TEST_F(StaysTest, AnUpdateCorrectsThatThePatientDidNotGoHome) {
  Event elsewhere = EventAt(EventKind::kUpdated, 4);
  elsewhere.discharged_home = false;
  day_.Take(elsewhere);
  EXPECT_EQ(day_.Why(), WhyNot::kNotHome);
  day_.Take(EventAt(EventKind::kUpdated, 5));
  EXPECT_EQ(day_.Why(), WhyNot::kNotHome) << "who does not say where to, does not say that it was home";
}

TEST_F(StaysTest, AnUpdateMovesAPlan) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(PlanAt(2, absl::CivilDay(2027, 3, 12)));
  Event moved = EventAt(EventKind::kUpdated, 3);
  moved.discharge_day = absl::CivilDay(2027, 3, 14);
  day.Take(moved);
  EXPECT_EQ(day.Had().envelope().discharge_date(), "2027-03-14");
  EXPECT_FALSE(day.last().confirmed());
}

TEST_F(StaysTest, OfManyContactsThoseThatCountAreKept) {
  for (int visit = 0; visit < 200; ++visit) {
    day_.Take(Outpatient(DischargeAt(3 + visit, "V" + std::to_string(visit))));
  }
  EXPECT_EQ(day_.known_.stay_events_size(), 64);
  EXPECT_EQ(day_.municipality_.messages(), 1);
  day_.Take(EventAt(EventKind::kDischargeCancelled, 300));
  EXPECT_EQ(day_.Why(), WhyNot::kDischargeCancelled);
  const std::vector<Stay> stays = Stays();
  EXPECT_EQ(CurrentStay(stays)->admitted_at, At(-20));
}

TEST_F(StaysTest, OfManyNoticesAndEventsThoseOfACurrentNoticeAreKept) {
  day_.now_ = At(70 * kDays);
  for (int hours = 60 * kDays; hours < 60 * kDays + 80; hours += 2) {
    day_.Take(ConsentAt(hours, "2027-05-09"));
    day_.Take(DischargeAt(hours, "S2"));
    day_.Take(EventAt(EventKind::kDischargeCancelled, hours + 1, "S2"));
  }
  EXPECT_EQ(day_.known_.notices_size(), 8);
  EXPECT_EQ(day_.known_.stay_events_size(), 64);
  EXPECT_EQ(day_.DischargeDates(), kToday);
  day_.Take(EventAt(EventKind::kDischargeCancelled, 4));
  EXPECT_THAT(day_.municipality_.notices(), IsEmpty());
}

TEST_F(StaysTest, WithoutANumberWordAfterAnAdmissionThatNeverWasIsOfTheStayBefore) {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, -20, ""));
  day.Take(ConsentAt(1));
  day.Take(DischargeAt(2, ""));
  day.Take(EventAt(EventKind::kAdmitted, 6, ""));
  day.Take(EventAt(EventKind::kEnteredInError, 7, ""));
  Event corrected = EventAt(EventKind::kUpdated, 8, "");
  corrected.discharge_day = absl::CivilDay(2027, 3, 9);
  day.Take(corrected);
  EXPECT_EQ(day.Had().envelope().discharge_date(), "2027-03-09");
}

TEST_F(StaysTest, WithoutANumberADischargeFromPsychiatryEndsNoVisit) {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, -20));
  day.Take(ConsentAt(1));
  day.Take(From("CLINIC", Outpatient(EventAt(EventKind::kAdmitted, 1, "V9"))));
  day.Take(DischargeAt(2, ""));
  EXPECT_EQ(day.Had().envelope().discharge_date(), kToday);
}

TEST_F(StaysTest, WithoutANumberWordIsOfAStayThatHadBegunBeforeItIsOfALaterOne) {
  day_.Take(DischargeAt(10, "S2"));
  Event cancelled = EventAt(EventKind::kDischargeCancelled, 9, "");
  day_.Take(cancelled);
  ASSERT_EQ(Stays().size(), 2u);
  EXPECT_TRUE(Stays()[0].cancelled);
  EXPECT_FALSE(Stays()[1].cancelled);
}

TEST_F(StaysTest, WithoutANumberAnAdmissionThatIsToldLateIsOfTheStayThatItBegan) {
  WardDay day;
  day.Take(DischargeAt(2, ""));
  Event late = EventAt(EventKind::kAdmitted, -20, "");
  late.recorded_at = At(5);
  day.Take(late);
  const std::vector<Stay> stays = StaysOf(day.known_, day.site_);
  ASSERT_EQ(stays.size(), 1u);
  EXPECT_EQ(stays[0].admitted_at, At(-20));
}

TEST_F(StaysTest, AnUpdateWithoutANumberBeginsNoStayAndSaysNoPlace) {
  WardDay day;
  Event update = EventAt(EventKind::kUpdated, 3, "");
  update.discharge_day = absl::CivilDay(2027, 3, 9);
  day.Take(update);
  EXPECT_THAT(StaysOf(day.known_, day.site_), IsEmpty());
  day.Take(From("CLINIC", Outpatient(DischargeAt(2, "V9"))));
  ASSERT_EQ(StaysOf(day.known_, day.site_).size(), 1u);
  EXPECT_FALSE(StaysOf(day.known_, day.site_)[0].counts);
}

TEST_F(StaysTest, WordOfAStayThatIsOverChangesNothingThatOnlyAnotherOneCould) {
  for (const EventKind kind :
       {EventKind::kAdmitted, EventKind::kDischargePlanned, EventKind::kDischargePlanCancelled}) {
    WardDay day = day_;
    Event event = EventAt(kind, 4);
    event.discharge_day = absl::CivilDay(2027, 3, 20);
    day.Take(event);
    EXPECT_EQ(day.Had().envelope().discharge_date(), kToday);
    EXPECT_EQ(day.municipality_.messages(), 1);
    EXPECT_EQ(StaysOf(day.known_, day.site_)[0].admitted_at, At(-20));
  }
}

TEST_F(StaysTest, AStayThatNeverWasMayBeginAfterAll) {
  WardDay day;
  day.Take(EventAt(EventKind::kAdmitted, 1));
  day.Take(EventAt(EventKind::kEnteredInError, 2));
  EXPECT_EQ(day.Why(), WhyNot::kEnteredInError);
  day.Take(EventAt(EventKind::kAdmitted, 3));
  EXPECT_EQ(day.Why(), WhyNot::kNotDischarged);
}

TEST_F(StaysTest, AnUpdateOfAnotherStayIsNoReadmission) {
  day_.Take(EventAt(EventKind::kUpdated, 6, "S2"));
  EXPECT_EQ(day_.Why(), std::nullopt);
  EXPECT_EQ(day_.municipality_.messages(), 1);
}

TEST_F(StaysTest, WhoWentOnToTheNextStayIsNotReadmitted) {
  Event next = EventAt(EventKind::kAdmitted, 1, "S2");
  next.recorded_at = At(3);
  day_.Take(next);
  EXPECT_EQ(day_.Why(), WhyNot::kNotDischarged);
  EXPECT_THAT(day_.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR));
}

TEST_F(StaysTest, AfterDaysInAnotherHospitalAnAdmissionIsNoReadmission) {
  WardDay day;
  day.Take(From("K1", DischargeAt(-30, "S8")));
  day.Take(EventAt(EventKind::kAdmitted, -20));
  EXPECT_EQ(day.Why(), WhyNot::kNotDischarged);
}

TEST_F(StaysTest, DaysInAnotherHospitalSoonAfterAreNoReadmissionAlsoWhenThereIsALaterStay) {
  day_.now_ = At(63 * kDays);
  day_.Take(From("K1", EventAt(EventKind::kAdmitted, 6, "S8")));
  day_.Take(EventAt(EventKind::kAdmitted, 60 * kDays, "S2"));
  EXPECT_EQ(day_.Had().envelope().discharge_date(), kToday);
}

TEST_F(StaysTest, WhereNoAdmissionWasToldAConsentIsOfTheStayIfItWasGivenSinceTheLastOneEnded) {
  WardDay day = day_;
  day.now_ = At(72);
  day.Take(EventAt(EventKind::kAdmitted, 25, "S2"));
  day.Take(ConsentAt(27, "2027-03-11"));
  day.Take(DischargeAt(28, "S2"));
  EXPECT_EQ(day.Why(), std::nullopt);
  day.Take(DischargeAt(60, "S3"));
  EXPECT_EQ(day.Why(), WhyNot::kNoConsent);
  day_.Take(EventAt(EventKind::kMoved, 4, "S2"));
  day_.Take(ConsentAt(5));
  day_.Take(DischargeAt(8, "S2"));
  EXPECT_EQ(day_.Why(), std::nullopt) << "on the same day";
}

TEST_F(StaysTest, AReturnIsOfItsOwnStay) {
  day_.now_ = At(72);
  day_.Take(EventAt(EventKind::kAdmitted, 26, "S2"));
  day_.Take(ConsentAt(27, "2027-03-11"));
  day_.last().set_standing(v1::NOTICE_STANDING_RETURNED);
  day_.last().set_return_reason(envej::v1::RETURN_REASON_NOT_RESIDENT);
  *day_.last().mutable_changed_at() = contract::ToMessage(At(51));
  day_.Take(DischargeAt(52, "S2"));
  EXPECT_EQ(day_.last().discharge_date(), "2027-03-12");
}

TEST_F(StaysTest, AnUpdateThatIsToldLateDoesNotReplaceALaterOneThatSaysTheSame) {
  day_.Take(From("K1", EventAt(EventKind::kMoved, -4)));
  day_.Take(EventAt(EventKind::kUpdated, -3));
  Event late = EventAt(EventKind::kUpdated, -5);
  day_.Take(late);
  day_.Take(From("", DischargeAt(3)));
  EXPECT_EQ(Stays()[0].ward, kWard);
}

TEST_F(StaysTest, AMergeSaysNothingOfAStay) {
  const int before = day_.known_.stay_events_size();
  day_.Take(EventAt(EventKind::kMerged, 4));
  EXPECT_EQ(day_.known_.stay_events_size(), before);
}

TEST_F(StaysTest, OfManyMovesTheLastAreKeptAndWhenTheStayBeganAndEnded) {
  for (int move = 0; move < 200; ++move) day_.Take(EventAt(EventKind::kMoved, 3 + move));
  EXPECT_EQ(day_.known_.stay_events_size(), 64);
  ASSERT_EQ(Stays().size(), 1u);
  EXPECT_EQ(Stays()[0].admitted_at, At(-20));
  EXPECT_EQ(Stays()[0].ended_at, At(2));
}

TEST_F(StaysTest, AnUpdateThatSaysTheSameAgainIsKeptOnce) {
  const int before = day_.known_.stay_events_size();
  for (int hours = 3; hours < 9; ++hours) day_.Take(EventAt(EventKind::kUpdated, hours));
  EXPECT_EQ(day_.known_.stay_events_size(), before + 1);
}

}  // namespace
}  // namespace envej::ward
