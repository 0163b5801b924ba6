#include "broker/admission/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/contract/day.h"

namespace envej::admission {
namespace {

using certs::Identity;
using certs::ParticipantKind;
using contract::Findings;
using contract::Notice;
using contract::Reason;
using contract::Rejection;
using contract::Violation;
using testing::ElementsAre;
using Day = absl::CivilDay;

const Identity kCapital{.kind = ParticipantKind::kRegion, .code = "1084", .origin = ""};
const Identity kCopenhagen{.kind = ParticipantKind::kMunicipality, .code = "0101", .origin = ""};
const Identity kNightWatch{.kind = ParticipantKind::kOperations, .code = "night-watch", .origin = ""};

Municipality NewMunicipality(absl::string_view code, absl::string_view name, bool participating) {
  Municipality municipality;
  municipality.code = std::string(code);
  municipality.name = std::string(name);
  municipality.participating = participating;
  return municipality;
}

// København participates, Greve does not; only København has agreements.
Register Entries() {
  return {.regions = {{.code = "1084", .name = "Region Hovedstaden", .successor_of = {}},
                      {.code = "1085", .name = "Region Sjælland", .successor_of = {}},
                      {.code = "1086",
                       .name = "Region Østdanmark",
                       .successor_of = {{.region_code = "1084", .from = Day(2027, 1, 1)},
                                        {.region_code = "1085", .from = Day(2027, 1, 1)}}}},
          .municipalities = {NewMunicipality("0101", "København", true), NewMunicipality("0253", "Greve", false)},
          .agreements = {{"1084", "0101", Day(2026, 7, 1), Day(2026, 7, 31)},
                         {"1084", "0101", Day(2026, 12, 1), Day(2027, 3, 31)}},
          .operations = {"night-watch"}};
}

absl::Time Utc(int year, int month, int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), absl::UTCTimeZone());
}

// A proper notice to the municipality at that time.
Notice ProperNotice(const std::string& municipality_code, absl::Time now) {
  const std::string yesterday = contract::FormatDay(absl::ToCivilDay(now, absl::UTCTimeZone()) - 1);
  const contract::ConsentPart part{.given_on = yesterday, .form = contract::ConsentForm::kWritten};
  Notice notice;
  notice.envelope = contract::Envelope{.municipality_code = municipality_code,
                                       .notice_id = "3f2b8c1e-5d4a-4c6b-9e7f-0a1b2c3d4e5f",
                                       .revision = 1,
                                       .created_at = now,
                                       .discharge_date = yesterday,
                                       .consent = {.contact = part, .disclosure = part},
                                       .criteria = {.aged_18_or_over = true,
                                                    .mental_illness = true,
                                                    .discharged_from_regional_psychiatry = true,
                                                    .no_support_under_serviceloven = true},
                                       .content_commitment = std::nullopt,
                                       .former_commitments = {},
                                       .contract_version = 1};
  notice.citizen = contract::Citizen{.name = "Karen Testesen",
                                     .phone_numbers = {"+4599000001"},
                                     .email = "",
                                     .postal_address = std::nullopt,
                                     .name_and_address_protection = false};
  return notice;
}

Rejection OfMunicipality(std::vector<Reason> reasons) {
  Rejection rejection{.reason = reasons.front(), .violations = {}};
  for (const Reason reason : reasons) {
    rejection.violations.push_back({.field = "envelope.municipality_code", .reason = reason});
  }
  return rejection;
}

class AdmissionTest : public testing::Test {
 protected:
  static absl::TimeZone Zone() {
    const absl::StatusOr<absl::TimeZone> zone = contract::CopenhagenTimeZone();
    EXPECT_TRUE(zone.ok()) << zone.status();
    return zone.value_or(absl::UTCTimeZone());
  }

  Findings Judge(absl::string_view region_code, const std::string& municipality_code, absl::Time now) const {
    return admission_.JudgeSubmission(region_code, ProperNotice(municipality_code, now), now);
  }
  bool InForce(absl::string_view region_code, absl::Time now) const {
    const Findings findings = Judge(region_code, "0101", now);
    EXPECT_EQ(findings.always, std::nullopt);
    if (findings.when_new.has_value()) {
      EXPECT_EQ(findings.when_new, OfMunicipality({Reason::kAgreementNotInForce}));
    }
    return !findings.when_new.has_value();
  }

  const Participants participants_{Entries()};
  const Admission admission_{participants_, Zone()};
  const absl::Time july_ = Utc(2026, 7, 15, 10, 0);
};

TEST_F(AdmissionTest, TheRegisteredCallerMayDoWhatItsKindMay) {
  EXPECT_EQ(admission_.Authorise(kCapital, Method::kSubmitNotice), std::nullopt);
  EXPECT_EQ(admission_.Authorise(kCopenhagen, Method::kPullNotices), std::nullopt);
  EXPECT_EQ(admission_.Authorise(kNightWatch, Method::kGetServiceInfo), std::nullopt);
  const Rejection not_allowed{.reason = Reason::kCallerKindNotAllowed, .violations = {}};
  EXPECT_EQ(admission_.Authorise(kCapital, Method::kPullNotices), not_allowed);
  EXPECT_EQ(admission_.Authorise(kCopenhagen, Method::kSubmitNotice), not_allowed);
  EXPECT_EQ(admission_.Authorise(kNightWatch, Method::kListNotices), not_allowed);
}

TEST_F(AdmissionTest, AnOriginSpeaksForItsRegion) {
  const Identity ward{.kind = ParticipantKind::kRegion, .code = "1084", .origin = "ward-system"};
  EXPECT_EQ(admission_.Authorise(ward, Method::kSubmitNotice), std::nullopt);
}

TEST_F(AdmissionTest, AMunicipalityThatDoesNotParticipateMayStillEmptyItsInbox) {
  const Identity greve{.kind = ParticipantKind::kMunicipality, .code = "0253", .origin = ""};
  EXPECT_EQ(admission_.Authorise(greve, Method::kPullNotices), std::nullopt);
  EXPECT_EQ(admission_.OwnInbox(greve, "0253"), std::nullopt);
}

TEST_F(AdmissionTest, AnUnknownCallerIsToldSoWhateverItAsks) {
  const Rejection unknown{.reason = Reason::kCallerUnknown, .violations = {}};
  for (const Identity& caller : {
           Identity{.kind = ParticipantKind::kRegion, .code = "1083", .origin = ""},
           Identity{.kind = ParticipantKind::kRegion, .code = "0101", .origin = ""},
           Identity{.kind = ParticipantKind::kMunicipality, .code = "0147", .origin = ""},
           Identity{.kind = ParticipantKind::kMunicipality, .code = "1084", .origin = ""},
           Identity{.kind = ParticipantKind::kOperations, .code = "day-watch", .origin = ""},
           Identity{.kind = ParticipantKind::kOperations, .code = "", .origin = ""},
       }) {
    for (const AccessRule& rule : kAccessPolicy) EXPECT_EQ(admission_.Authorise(caller, rule.method), unknown);
  }
}

TEST_F(AdmissionTest, ASuspendedParticipantIsToldSoWhateverItAsksAndNobodyElseIs) {
  Register entries = Entries();
  entries.regions[0].access.suspended = true;
  entries.municipalities[1].access.suspended = true;
  const Participants participants(std::move(entries));
  const Admission admission(participants, Zone());
  const Rejection suspended{.reason = Reason::kParticipantSuspended, .violations = {}};
  const Identity ward{.kind = ParticipantKind::kRegion, .code = "1084", .origin = "ward-system"};
  const Identity greve{.kind = ParticipantKind::kMunicipality, .code = "0253", .origin = ""};
  const Identity zealand{.kind = ParticipantKind::kRegion, .code = "1085", .origin = ""};
  for (const AccessRule& rule : kAccessPolicy) {
    for (const Identity& caller : {kCapital, ward, greve}) {
      EXPECT_EQ(admission.Authorise(caller, rule.method), suspended);
    }
    for (const Identity& caller : {zealand, kCopenhagen, kNightWatch}) {
      EXPECT_EQ(admission.Authorise(caller, rule.method), admission_.Authorise(caller, rule.method));
    }
  }
}

TEST_F(AdmissionTest, AProperNoticeUnderAnAgreementIsNotRefused) {
  const Findings findings = Judge("1084", "0101", july_);
  EXPECT_EQ(findings.always, std::nullopt);
  EXPECT_EQ(findings.when_new, std::nullopt);
}

TEST_F(AdmissionTest, AnUnknownMunicipalityIsRefusedAlwaysAndForThatAlone) {
  const Findings findings = Judge("1084", "0999", july_);
  EXPECT_EQ(findings.always, OfMunicipality({Reason::kMunicipalityUnknown}));
  EXPECT_EQ(findings.when_new, std::nullopt);
}

TEST_F(AdmissionTest, AMunicipalityThatDoesNotParticipateRefusesNewNotices) {
  const Findings findings = Judge("1084", "0253", july_);
  EXPECT_EQ(findings.always, std::nullopt);
  EXPECT_EQ(findings.when_new, OfMunicipality({Reason::kMunicipalityNotParticipating, Reason::kAgreementNotInForce}));
}

TEST_F(AdmissionTest, WithoutAnAgreementOfThatRegionNewNoticesAreRefused) {
  const Findings findings = Judge("1085", "0101", july_);
  EXPECT_EQ(findings.always, std::nullopt);
  EXPECT_EQ(findings.when_new, OfMunicipality({Reason::kAgreementNotInForce}));
}

TEST_F(AdmissionTest, TheAgreementsFirstDayBeginsAtMidnightInCopenhagen) {
  EXPECT_FALSE(InForce("1084", Utc(2026, 6, 30, 21, 59)));
  EXPECT_TRUE(InForce("1084", Utc(2026, 6, 30, 22, 0)));
  EXPECT_TRUE(InForce("1084", Utc(2026, 6, 30, 23, 30)));
  EXPECT_FALSE(InForce("1084", Utc(2026, 11, 30, 22, 59)));
  EXPECT_TRUE(InForce("1084", Utc(2026, 11, 30, 23, 0)));
}

TEST_F(AdmissionTest, TheAgreementsLastDayEndsAtMidnightInCopenhagen) {
  EXPECT_TRUE(InForce("1084", Utc(2026, 7, 31, 21, 59)));
  EXPECT_FALSE(InForce("1084", Utc(2026, 7, 31, 22, 0)));
  EXPECT_FALSE(InForce("1084", Utc(2026, 7, 31, 23, 30)));
}

TEST_F(AdmissionTest, TheMergedRegionSendsFromItsDayUnderItsPredecessorsAgreement) {
  EXPECT_FALSE(InForce("1086", Utc(2026, 12, 31, 22, 59)));
  EXPECT_TRUE(InForce("1086", Utc(2026, 12, 31, 23, 0)));
  EXPECT_TRUE(InForce("1086", Utc(2027, 3, 31, 21, 59)));
  EXPECT_FALSE(InForce("1086", Utc(2027, 3, 31, 22, 0)));
  EXPECT_TRUE(InForce("1084", Utc(2026, 12, 31, 23, 0)));
  EXPECT_FALSE(InForce("1085", Utc(2026, 12, 31, 23, 0)));
}

TEST_F(AdmissionTest, TheRegistersReasonsStandBeforeTheNoticesAndAllFieldsAreNamed) {
  Notice notice = ProperNotice("0999", july_);
  notice.envelope->revision = 7;
  notice.envelope->discharge_date = "2027-07-15";
  Findings findings = admission_.JudgeSubmission("1084", notice, july_);
  ASSERT_TRUE(findings.always.has_value());
  EXPECT_EQ(findings.always->reason, Reason::kMunicipalityUnknown);
  EXPECT_THAT(findings.always->violations,
              ElementsAre(Violation{"envelope.municipality_code", Reason::kMunicipalityUnknown},
                          Violation{"envelope.revision", Reason::kRevisionOutOfOrder}));
  ASSERT_TRUE(findings.when_new.has_value());
  EXPECT_EQ(findings.when_new->reason, Reason::kDischargeDateTooFarAhead);

  notice.envelope->municipality_code = "0101";
  findings = admission_.JudgeSubmission("1085", notice, july_);
  ASSERT_TRUE(findings.always.has_value());
  EXPECT_EQ(findings.always->reason, Reason::kRevisionOutOfOrder);
  ASSERT_TRUE(findings.when_new.has_value());
  EXPECT_THAT(findings.when_new->violations,
              ElementsAre(Violation{"envelope.municipality_code", Reason::kAgreementNotInForce},
                          Violation{"envelope.discharge_date", Reason::kDischargeDateTooFarAhead}));
  EXPECT_EQ(findings.ForNew()->reason, Reason::kAgreementNotInForce);
}

TEST_F(AdmissionTest, ANoticeWithoutEnvelopeIsRefusedForThatAlone) {
  const Findings findings = admission_.JudgeSubmission("1084", Notice{}, july_);
  ASSERT_TRUE(findings.always.has_value());
  EXPECT_EQ(findings.always->reason, Reason::kEnvelopeMissing);
  EXPECT_EQ(findings.when_new, std::nullopt);
}

TEST_F(AdmissionTest, OnlyTheCallersOwnInboxIsFound) {
  EXPECT_EQ(admission_.OwnInbox(kCopenhagen, "0101"), std::nullopt);
  const std::optional<Rejection> of_another = admission_.OwnInbox(kCopenhagen, "0253");
  const std::optional<Rejection> of_nobody = admission_.OwnInbox(kCopenhagen, "0999");
  ASSERT_TRUE(of_another.has_value());
  EXPECT_EQ(of_another->reason, Reason::kInboxNotFound);
  EXPECT_EQ(of_another, of_nobody);
  EXPECT_EQ(admission_.OwnInbox(kCopenhagen, ""), of_nobody);
  EXPECT_EQ(admission_.OwnInbox(kCopenhagen, "01010"), of_nobody);
}

TEST_F(AdmissionTest, NobodyButAMunicipalityHasAnInbox) {
  const std::optional<Rejection> not_found = admission_.OwnInbox(kCopenhagen, "0999");
  EXPECT_EQ(admission_.OwnInbox(kCapital, "1084"), not_found);
  EXPECT_EQ(admission_.OwnInbox(kNightWatch, "night-watch"), not_found);
  EXPECT_EQ(admission_.OwnInbox({.kind = ParticipantKind::kRegion, .code = "0101", .origin = ""}, "0101"), not_found);
  EXPECT_EQ(admission_.OwnInbox({.kind = ParticipantKind::kMunicipality, .code = "0147", .origin = ""}, "0147"),
            not_found);
}

}  // namespace
}  // namespace envej::admission
