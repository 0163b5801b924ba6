#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/ward/ward_day.h"

namespace envej::ward {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Event Of(const char* number, Event event) {
  event.patient = {{.authority = "HOSP", .value = number}};
  return event;
}

TEST(MergedPatientsTest, TheConsentOfOneNumberReleasesTheDischargeOfTheOther) {
  WardDay gone;
  gone.Take(ConsentAt(1));
  WardDay kept;
  kept.Take(Of("2002", DischargeAt(2)));
  kept.Merge(gone);
  EXPECT_EQ(kept.Had().envelope().discharge_date(), kToday);
}

TEST(MergedPatientsTest, ANoticeOfTheOtherNumberGoesOn) {
  WardDay gone;
  gone.Take(ConsentAt(1));
  gone.Take(DischargeAt(2));
  WardDay kept;
  kept.Take(Of("2002", EventAt(EventKind::kUpdated, 1)));
  kept.Merge(gone);
  EXPECT_EQ(kept.municipality_.messages(), 1);
  Event dead = Of("2002", EventAt(EventKind::kUpdated, 5));
  dead.deceased = true;
  kept.Take(dead);
  EXPECT_THAT(kept.municipality_.notices(), IsEmpty());
}

TEST(MergedPatientsTest, OfTwoNoticesOneIsLeft) {
  WardDay gone;
  gone.Take(ConsentAt(1));
  gone.Take(DischargeAt(2));
  WardDay kept;
  kept.Take(ConsentAt(1));
  kept.Take(Of("2002", DischargeAt(2)));
  const std::string id = kept.Had().envelope().notice_id();
  for (const v1::CaseNotice& notice : gone.known_.notices()) EXPECT_NE(notice.notice_id(), id);
  TakeMerged(gone.known_, kept.site_, kept.known_);
  const auto outgoing = Reconcile(kept.known_, kept.site_, kept.now_, *contract::CopenhagenTimeZone(),
                                  [](const v1::Case&) { return "x"; });
  ASSERT_EQ(outgoing.size(), 1u);
  EXPECT_EQ(outgoing[0].withdraw().notice_id(), gone.Had().envelope().notice_id());
  EXPECT_EQ(outgoing[0].withdraw().reason(), envej::v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
}

TEST(MergedPatientsTest, ANoticeTellsOfItsStayUnderTheOtherNumberToo) {
  WardDay gone;
  gone.Take(ConsentAt(1));
  gone.Take(DischargeAt(2));
  WardDay kept;
  kept.now_ = At(24 * 41);
  kept.Take(Of("2002", EventAt(EventKind::kAdmitted, 24 * 40, "S2")));
  kept.Take(Of("2002", EventAt(EventKind::kMoved, 24 * 41, "S2")));
  kept.Merge(gone);
  EXPECT_THAT(kept.municipality_.withdrawn(), IsEmpty());
  kept.Take(Of("2002", EventAt(EventKind::kDischargeCancelled, 24 * 42, "S1")));
  EXPECT_THAT(kept.municipality_.withdrawn(), ElementsAre(envej::v1::WITHDRAWAL_REASON_SENT_IN_ERROR));
}

TEST(MergedPatientsTest, DaysInAnotherHospitalUnderTheOtherNumberEndNothing) {
  WardDay gone;
  Event elsewhere = DischargeAt(5, "S8");
  elsewhere.ward = "K1";
  gone.Take(elsewhere);
  WardDay kept;
  kept.Take(ConsentAt(1));
  kept.Take(Of("2002", DischargeAt(2)));
  gone.municipality_ = kept.municipality_;
  kept.Merge(gone);
  EXPECT_EQ(kept.Why(), std::nullopt);
  EXPECT_EQ(kept.municipality_.messages(), 1);
}

TEST(MergedPatientsTest, WhoDiedUnderOneNumberIsDead) {
  WardDay gone;
  Event dead = EventAt(EventKind::kUpdated, 1);
  dead.deceased = true;
  gone.Take(dead);
  WardDay kept;
  kept.Take(ConsentAt(1));
  kept.Take(Of("2002", DischargeAt(2)));
  gone.municipality_ = kept.municipality_;
  kept.Merge(gone);
  EXPECT_EQ(kept.Why(), WhyNot::kDeceased);
  EXPECT_THAT(kept.municipality_.withdrawn(), ElementsAre(envej::v1::WITHDRAWAL_REASON_DECEASED));
}

}  // namespace
}  // namespace envej::ward
