// What time alone does to cases.

#include "region-client/agent/case_upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/region-client/agent/desk_fixture.h"

namespace envej::region {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using CaseUpkeepTest = DeskTest;

TEST_F(CaseUpkeepTest, ErasesAnEventWithoutConsentAfterFortyDaysAndAConsentAfterSevenMonths) {
  Takes("m1", {Discharge("1", kDeskOpened)});
  ASSERT_TRUE(desk_->RegisterConsent({"", "2"}, Consent("2027-01-15")).ok());
  now_ = kDeskOpened + absl::Hours(24 * 41);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_FALSE(desk_->Find({"", "1"})->has_value());
  EXPECT_TRUE(desk_->Find({"", "2"})->has_value());
  now_ = kDeskOpened + absl::Hours(24 * 216);
  EXPECT_TRUE(*desk_->Upkeep(1));
  EXPECT_EQ(store_->cases(), 0u);
}

TEST_F(CaseUpkeepTest, KeepsTheConsentOfWhoIsStillAdmittedForAsLongAsItHolds) {
  ward::Event admitted = Discharge("1", kDeskOpened);
  admitted.kind = ward::EventKind::kAdmitted;
  Takes("m1", {admitted});
  ward::Event elsewhere = Discharge("2", kDeskOpened);
  elsewhere.kind = ward::EventKind::kAdmitted;
  elsewhere.ward = "K1";
  for (const char* const patient : {"1", "2", "3"}) {
    ASSERT_TRUE(desk_->RegisterConsent({"", patient}, Consent("2027-01-15")).ok());
  }
  Takes("m2", {elsewhere});
  now_ = kDeskOpened + absl::Hours(24 * 216);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_TRUE(desk_->Find({"", "1"})->has_value());
  EXPECT_FALSE(desk_->Find({"", "2"})->has_value()) << "not in psychiatry";
  EXPECT_FALSE(desk_->Find({"", "3"})->has_value());
  now_ = absl::FromCivil(absl::CivilDay(2028, 1, 18), absl::UTCTimeZone());
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_EQ(store_->cases(), 0u);
}

// A discharge is planned for the day after, and the notice of it stands.
TEST_F(CaseUpkeepTest, APlannedDayThatPassesWithoutADischargeIsToldOnceAndAgainOfAnotherDay) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  ward::Event plan = Discharge("1", kDeskOpened);
  plan.kind = ward::EventKind::kDischargePlanned;
  plan.discharge_day = absl::CivilDay(2027, 1, 16);
  Takes("p1", {plan});
  now_ = absl::FromCivil(absl::CivilSecond(2027, 1, 16, 23, 59), absl::UTCTimeZone());
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_THAT(Told(), IsEmpty());
  now_ += absl::Minutes(2);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_FALSE(*desk_->Upkeep(100));
  ASSERT_THAT(Told(), SizeIs(1));
  EXPECT_EQ(Told()[0].telling.kind(), ward::v1::TELLING_KIND_PLAN_PASSED);
  EXPECT_EQ(Told()[0].telling.reason(), "2027-01-16");
  EXPECT_EQ(Told()[0].telling.ward(), "P1");
  EXPECT_EQ(Told()[0].telling.notice_id(), Outbox()[0].outgoing.submit().envelope().notice_id());
  plan.discharge_day = absl::CivilDay(2027, 1, 17);
  plan.recorded_at = now_;
  Takes("p2", {plan});
  now_ += absl::Hours(24);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_THAT(Told(), SizeIs(2));
}

TEST_F(CaseUpkeepTest, ADischargeThatTookPlaceIsNoPlanThatPassed) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, Consent("2027-01-15")).ok());
  ward::Event plan = Discharge("1", kDeskOpened);
  plan.kind = ward::EventKind::kDischargePlanned;
  Takes("p1", {plan});
  Takes("d1", {Discharge("1", kDeskOpened + absl::Hours(1))});
  now_ += absl::Hours(48);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(CaseUpkeepTest, ContactDetailsGoOnceNoNoticeCanComeOfThem) {
  const auto contact = [this](const std::string& patient) {
    const ward::v1::Case known = desk_->Find({"", patient})->value().known;
    return absl::StrCat(known.consent().contact().phone_numbers_size(), " ", known.person().contact().name());
  };
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_contact()->add_phone_numbers("+4520123458");
  for (const std::string patient : {"1", "2", "3"}) {
    ASSERT_TRUE(desk_->RegisterConsent({"", patient}, consent).ok());
    Takes("d" + patient, {Discharge(patient, kDeskOpened)});
  }
  now_ += absl::Minutes(1);
  ASSERT_TRUE(desk_->WithdrawConsent({"", "1"}).ok());
  Acknowledge("2");
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_EQ(contact("1"), "0 ");
  EXPECT_EQ(contact("2"), "1 Nanna Prøve");
  now_ += absl::Hours(24 * 32);
  EXPECT_FALSE(*desk_->Upkeep(100));
  EXPECT_EQ(contact("2"), "0 ") << "the municipality has had it for a month";
  EXPECT_EQ(contact("3"), "1 Nanna Prøve") << "it may have to be sealed again";
  EXPECT_TRUE(desk_->WithdrawConsent({"", "2"}).ok());
  EXPECT_TRUE(Outbox().back().outgoing.has_withdraw()) << "it needs no more than the number";
}

TEST_F(CaseUpkeepTest, ContactDetailsStayAsLongAsTheStayGoesOn) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_contact()->add_phone_numbers("+4520123458");
  ASSERT_TRUE(desk_->RegisterConsent({"", "1"}, consent).ok());
  Takes("d1", {Discharge("1", kDeskOpened)});
  ward::Event cancelled = Discharge("1", kDeskOpened + absl::Hours(1));
  cancelled.kind = ward::EventKind::kDischargeCancelled;
  Takes("c1", {cancelled});
  now_ += absl::Hours(24 * 40);
  EXPECT_FALSE(*desk_->Upkeep(100));
  ward::Event again = Discharge("1", now_);
  again.contact = {};
  Takes("d2", {again});
  ASSERT_TRUE(Outbox().back().outgoing.has_submit());
  EXPECT_EQ(Outbox().back().outgoing.submit().citizen().phone_numbers(0), "+4520123458");
}

}  // namespace
}  // namespace envej::region
