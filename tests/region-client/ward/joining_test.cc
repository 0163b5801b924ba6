#include "region-client/ward/joining.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/ward/ward_day.h"

namespace envej::ward {
namespace {

using envej::v1::WithdrawalReason;
using testing::ElementsAre;
using testing::IsEmpty;

const auto kTomorrow = absl::CivilDay(2027, 3, 11);

TEST(JoiningTest, ADischargeWithConsentIsANoticeOfWhatBothSay) {
  WardDay day = Discharged();
  const envej::v1::Notice notice = day.Had();
  EXPECT_EQ(notice.envelope().municipality_code(), "0101");
  EXPECT_EQ(notice.envelope().revision(), 1u);
  EXPECT_EQ(notice.envelope().discharge_date(), kToday);
  EXPECT_EQ(notice.envelope().contract_version(), 1u);
  EXPECT_TRUE(notice.envelope().has_created_at());
  EXPECT_TRUE(notice.envelope().criteria().no_support_under_serviceloven());
  EXPECT_EQ(notice.envelope().consent().disclosure().given_on(), kToday);
  EXPECT_EQ(notice.citizen().name(), "Ane Opdigtet") << "by the system, where staff gave none";
  EXPECT_THAT(notice.citizen().phone_numbers(), ElementsAre("+4512345678"));
}

TEST(JoiningTest, WhatStaffWroteOfTheCitizenStandsBeforeWhatSystemsSay) {
  WardDay day;
  v1::RegisteredConsent consent = ConsentAt(1);
  consent.mutable_contact()->set_name("Ane, som hun kaldes");
  consent.mutable_contact()->clear_phone_numbers();
  day.Take(consent);
  Event event = DischargeAt(2);
  event.contact.phone_numbers = {"35 35 35 35", "+4535353535"};
  day.Take(event);
  EXPECT_EQ(day.Had().citizen().name(), "Ane, som hun kaldes");
  EXPECT_THAT(day.Had().citizen().phone_numbers(), ElementsAre("+4535353535")) << "one that can be called anywhere";
}

TEST(JoiningTest, AnActualDischargeConfirmsAPlannedOneAsARevision) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(PlanAt(2, absl::CivilDay(2027, 3, 10)));
  EXPECT_FALSE(day.last().confirmed());
  day.Take(DischargeAt(3));
  EXPECT_TRUE(day.last().confirmed());
  EXPECT_EQ(day.Had().envelope().revision(), 2u) << "though it says the same";
}

TEST(JoiningTest, OnePatientsNumbersAddAndTheSitesIdentifies) {
  const Site site{.patient_authority = "CPR", .wards = {}, .services = {}};
  EXPECT_EQ(Identify({{"HOSP", "1"}, {"CPR", ""}, {"CPR", "2"}}, site), (PatientId{"CPR", "2"}));
  EXPECT_EQ(Identify({{"HOSP", "1"}}, site), std::nullopt);
  EXPECT_EQ(Identify({{"HOSP", "1"}}, {}), std::nullopt);
  WardDay day = Discharged();
  Event event = EventAt(EventKind::kUpdated, 3);
  event.patient.push_back({.authority = "CPR", .value = "x"});
  day.Take(event);
  EXPECT_EQ(day.known_.patient_ids_size(), 2);
}

struct Reason {
  WhyNot why;
  void (*change)(WardDay& day);
  std::vector<WithdrawalReason> withdrawn;
};

// What ends a notice that was made, each by itself.
std::vector<Reason> Reasons() {
  using enum WithdrawalReason;
  return {
      {WhyNot::kDeceased,
       [](WardDay& day) {
         Event event = EventAt(EventKind::kUpdated, 4);
         event.deceased = true;
         day.Take(event);
       },
       {WITHDRAWAL_REASON_DECEASED}},
      {WhyNot::kConsentWithdrawn,
       [](WardDay& day) { day.WithdrawConsentAt(4); },
       {WITHDRAWAL_REASON_CONSENT_WITHDRAWN}},
      {WhyNot::kNoConsent,
       [](WardDay& day) {
         v1::RegisteredConsent no = ConsentAt(4);
         no.mutable_consent()->clear_disclosure();
         day.Take(no);
       },
       {WITHDRAWAL_REASON_CONSENT_WITHDRAWN}},
      {WhyNot::kDischargeCancelled,
       [](WardDay& day) { day.Take(EventAt(EventKind::kDischargeCancelled, 4)); },
       {WITHDRAWAL_REASON_SENT_IN_ERROR}},
      {WhyNot::kEnteredInError,
       [](WardDay& day) { day.Take(EventAt(EventKind::kEnteredInError, 4)); },
       {WITHDRAWAL_REASON_SENT_IN_ERROR}},
      {WhyNot::kReadmitted,
       [](WardDay& day) { day.Take(EventAt(EventKind::kAdmitted, 4, "S2")); },
       {WITHDRAWAL_REASON_READMITTED}},
      {WhyNot::kNotInpatient,
       [](WardDay& day) {
         Event event = DischargeAt(4);
         event.patient_class = PatientClass::kOther;
         day.Take(event);
       },
       {WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP}},
      {WhyNot::kNotHome,
       [](WardDay& day) {
         Event event = DischargeAt(4);
         event.discharged_home = false;
         day.Take(event);
       },
       {WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP}},
      {WhyNot::kNotPsychiatry,
       [](WardDay& day) {
         Event event = DischargeAt(4);
         event.ward = "K1";
         day.Take(event);
       },
       {WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP}},
      {WhyNot::kUnderAge,
       [](WardDay& day) {
         Event event = EventAt(EventKind::kUpdated, 4);
         event.birth_day = absl::CivilDay(2009, 3, 11);
         day.Take(event);
       },
       {WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP}},
      {WhyNot::kCriterionNotMet,
       [](WardDay& day) {
         v1::RegisteredConsent consent = ConsentAt(4);
         consent.mutable_criteria()->set_no_support_under_serviceloven(false);
         day.Take(consent);
       },
       {WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP}},
      {WhyNot::kContactMissing,
       [](WardDay& day) {
         v1::RegisteredConsent consent = ConsentAt(4);
         consent.mutable_contact()->clear_phone_numbers();
         day.Take(consent);
       },
       {}},
      {WhyNot::kDischargedLongAgo,
       [](WardDay& day) {
         day.now_ += absl::Hours(24 * 40);
         day.Settle();
       },
       {}},
  };
}

TEST(JoiningTest, WhatEndsANoticeWithdrawsItForThatReasonOnce) {
  for (const Reason& reason : Reasons()) {
    WardDay day = Discharged();
    reason.change(day);
    day.Settle();
    EXPECT_EQ(day.Why(), reason.why);
    EXPECT_EQ(day.municipality_.withdrawn(), reason.withdrawn) << NameOf(reason.why);
  }
}

TEST(JoiningTest, WithoutANoticeTheSameSendsNothing) {
  for (const Reason& reason : Reasons()) {
    WardDay day;
    day.Take(EventAt(EventKind::kAdmitted, -20));
    v1::RegisteredConsent late = ConsentAt(1);
    late.mutable_criteria()->set_mental_illness(false);
    day.Take(late);
    day.Take(DischargeAt(2));
    reason.change(day);
    if (reason.withdrawn.empty()) continue;
    EXPECT_EQ(day.municipality_.messages(), 0) << NameOf(reason.why);
  }
}

TEST(JoiningTest, AStayThatIsNotOverHasNoNotice) {
  WardDay day;
  day.Take(ConsentAt(1));
  EXPECT_EQ(day.Why(), WhyNot::kNotDischarged);
  day.Take(EventAt(EventKind::kAdmitted, 2));
  EXPECT_EQ(day.Why(), WhyNot::kNotDischarged);
  EXPECT_EQ(day.municipality_.messages(), 0);
}

TEST(JoiningTest, AConsentOfAnEarlierStayReleasesNothing) {
  WardDay day = Discharged();
  day.now_ += absl::Hours(24 * 10);
  day.Take(EventAt(EventKind::kAdmitted, 24 * 5, "S2"));
  day.Take(DischargeAt(24 * 9, "S2"));
  EXPECT_EQ(day.Why(), WhyNot::kNoConsent);
  EXPECT_THAT(day.municipality_.notices(), IsEmpty());
  day.Take(ConsentAt(24 * 9, "2027-03-19"));
  EXPECT_EQ(day.Had().envelope().discharge_date(), "2027-03-19");
  EXPECT_EQ(day.Had().envelope().revision(), 1u) << "a notice of its own";
}

TEST(JoiningTest, AReadmissionWhenTheMentorHasLongCalledWithdrawsNothing) {
  WardDay day = Discharged();
  day.now_ += absl::Hours(24 * 60);
  day.Take(EventAt(EventKind::kAdmitted, 24 * 60, "S2"));
  EXPECT_THAT(day.municipality_.withdrawn(), IsEmpty());
  Event dead = EventAt(EventKind::kUpdated, 24 * 61);
  dead.deceased = true;
  day.Take(dead);
  EXPECT_THAT(day.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_DECEASED));
}

TEST(JoiningTest, AnAdmissionBeforeTheDischargeThatIsToldLateIsNoReadmission) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(DischargeAt(2, ""));
  Event admitted = EventAt(EventKind::kAdmitted, -20, "");
  admitted.recorded_at = At(5);
  day.Take(admitted);
  EXPECT_EQ(day.Why(), std::nullopt);
  EXPECT_EQ(day.municipality_.messages(), 1);
}

TEST(JoiningTest, AnotherMunicipalityGetsANoticeOfItsOwn) {
  WardDay day = Discharged();
  v1::RegisteredConsent moved = ConsentAt(4);
  moved.set_municipality_code("0147");
  day.Take(moved);
  EXPECT_EQ(day.Had().envelope().municipality_code(), "0147");
  EXPECT_THAT(day.municipality_.withdrawn(), ElementsAre(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR));
}

TEST(JoiningTest, WhatWasRefusedOrReturnedIsMadeAnewOnlyWhenItSaysSomethingElse) {
  for (const auto over : {v1::NOTICE_STANDING_REFUSED, v1::NOTICE_STANDING_RETURNED, v1::NOTICE_STANDING_UNDELIVERED}) {
    WardDay day = Discharged();
    day.last().set_standing(over);
    day.Settle();
    EXPECT_EQ(day.municipality_.messages(), 1);
    v1::RegisteredConsent moved = ConsentAt(4);
    moved.set_municipality_code("0147");
    day.Take(moved);
    EXPECT_EQ(day.municipality_.messages(), 2);
    EXPECT_THAT(day.municipality_.withdrawn(), IsEmpty());
  }
}

TEST(JoiningTest, AfterAReturnAsNotResidentOrDeadOnlyANewConsentSendsAgain) {
  for (const auto reason : {envej::v1::RETURN_REASON_NOT_RESIDENT, envej::v1::RETURN_REASON_DECEASED}) {
    WardDay day;
    day.Take(ConsentAt(1));
    day.Take(PlanAt(2, absl::CivilDay(2027, 3, 10)));
    day.last().set_standing(v1::NOTICE_STANDING_RETURNED);
    day.last().set_return_reason(reason);
    *day.last().mutable_changed_at() = contract::ToMessage(At(3));
    day.Take(DischargeAt(4));
    Event renamed = EventAt(EventKind::kUpdated, 5);
    renamed.contact.name = "Ane Opdigtet Nu";
    day.Take(renamed);
    EXPECT_EQ(day.municipality_.messages(), 1);
    WardDay moved = day;
    v1::RegisteredConsent elsewhere = ConsentAt(2);
    elsewhere.set_municipality_code("0147");
    moved.Take(elsewhere);
    EXPECT_EQ(moved.municipality_.messages(), 2) << "to another municipality";
    day.Take(ConsentAt(6));
    EXPECT_EQ(day.municipality_.messages(), 2);
    EXPECT_EQ(day.last().discharge_date(), kToday);
  }
}

TEST(JoiningTest, WhatWasReturnedForAnotherReasonIsSentAgainWhenItSaysSomethingElse) {
  WardDay day;
  day.Take(ConsentAt(1));
  day.Take(PlanAt(2, absl::CivilDay(2027, 3, 10)));
  day.last().set_standing(v1::NOTICE_STANDING_RETURNED);
  day.last().set_return_reason(envej::v1::RETURN_REASON_RULES_BROKEN);
  day.Take(DischargeAt(4));
  EXPECT_EQ(day.municipality_.messages(), 2);
}

}  // namespace
}  // namespace envej::ward
