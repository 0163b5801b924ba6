#include "broker/admission/participants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::admission {
namespace {

using Day = absl::CivilDay;

Municipality NewMunicipality(absl::string_view code, absl::string_view name, bool participating) {
  Municipality municipality;
  municipality.code = std::string(code);
  municipality.name = std::string(name);
  municipality.participating = participating;
  return municipality;
}

Register SmallRegister() {
  return {.regions = {{.code = "1086",
                       .name = "Region Østdanmark",
                       .successor_of = {{.region_code = "1084", .from = Day(2027, 1, 1)},
                                        {.region_code = "1085", .from = Day(2027, 1, 1)}}},
                      {.code = "1084", .name = "Region Hovedstaden", .successor_of = {}},
                      {.code = "1085", .name = "Region Sjælland", .successor_of = {}}},
          .municipalities = {NewMunicipality("0253", "Greve", true), NewMunicipality("0101", "København", true),
                             NewMunicipality("0147", "Frederiksberg", true)},
          .agreements = {},
          .operations = {"night-watch"}};
}

Participants WithAgreements(std::vector<Agreement> agreements) {
  Register entries = SmallRegister();
  entries.agreements = std::move(agreements);
  return Participants(std::move(entries));
}

TEST(Participants, FindsWhatIsInTheRegisterAndNothingElse) {
  const Participants participants(SmallRegister());
  ASSERT_NE(participants.FindRegion("1084"), nullptr);
  EXPECT_EQ(participants.FindRegion("1084")->name, "Region Hovedstaden");
  ASSERT_NE(participants.FindMunicipality("0101"), nullptr);
  EXPECT_EQ(participants.FindMunicipality("0101")->name, "København");
  EXPECT_TRUE(participants.KnowsOperations("night-watch"));
  for (const absl::string_view code : {"", "1083", "1087", "0101", "10840", "108"}) {
    EXPECT_EQ(participants.FindRegion(code), nullptr) << code;
  }
  for (const absl::string_view code : {"", "0100", "0999", "1084", "01010", "010"}) {
    EXPECT_EQ(participants.FindMunicipality(code), nullptr) << code;
  }
  EXPECT_FALSE(participants.KnowsOperations("night"));
  EXPECT_FALSE(participants.KnowsOperations(""));
}

TEST(Participants, ListsInOrderOfCodes) {
  const Participants participants(SmallRegister());
  std::vector<std::string> codes;
  for (const Municipality& municipality : participants.municipalities()) codes.push_back(municipality.code);
  EXPECT_THAT(codes, testing::ElementsAre("0101", "0147", "0253"));
}

TEST(Participants, AnAgreementHoldsFromItsFirstToItsLastDay) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2026, 3, 1), Day(2026, 3, 31)}});
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2026, 2, 28)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 3, 1)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 3, 31)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2026, 4, 1)));
}

TEST(Participants, AnAgreementIsOfThoseTwoAlone) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2026, 3, 1), Day(2026, 3, 31)}});
  const Day day(2026, 3, 10);
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", day));
  EXPECT_FALSE(participants.AgreementInForce("1085", "0101", day));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0147", day));
  EXPECT_FALSE(participants.AgreementInForce("9999", "0101", day));
  EXPECT_FALSE(participants.AgreementInForce("1084", "9999", day));
}

TEST(Participants, OneMunicipalityMayHaveAgreementsWithSeveralRegions) {
  const Participants participants = WithAgreements(
      {{"1084", "0101", Day(2026, 3, 1), Day(2026, 3, 31)}, {"1085", "0101", Day(2026, 3, 1), Day(2026, 3, 31)}});
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 3, 10)));
  EXPECT_TRUE(participants.AgreementInForce("1085", "0101", Day(2026, 3, 10)));
}

TEST(Participants, SeveralAgreementsOfTheSameTwoLeaveTheirGaps) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2026, 9, 1), Day(2026, 9, 30)},
                                                    {"1084", "0101", Day(2026, 3, 1), Day(2026, 3, 31)},
                                                    {"1084", "0101", Day(2026, 4, 1), Day(2026, 4, 30)}});
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 3, 31)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 4, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2026, 5, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2026, 8, 31)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 9, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2026, 10, 1)));
}

TEST(Participants, TheSuccessorHasBothPredecessorsAgreementsFromItsDay) {
  const Participants participants = WithAgreements(
      {{"1084", "0101", Day(2026, 3, 1), Day(2028, 12, 31)}, {"1085", "0253", Day(2026, 3, 1), Day(2028, 12, 31)}});
  for (const absl::string_view municipality : {"0101", "0253"}) {
    EXPECT_FALSE(participants.AgreementInForce("1086", municipality, Day(2026, 12, 31))) << municipality;
    EXPECT_TRUE(participants.AgreementInForce("1086", municipality, Day(2027, 1, 1))) << municipality;
    EXPECT_TRUE(participants.AgreementInForce("1086", municipality, Day(2028, 12, 31))) << municipality;
    EXPECT_FALSE(participants.AgreementInForce("1086", municipality, Day(2029, 1, 1))) << municipality;
  }
  EXPECT_FALSE(participants.AgreementInForce("1086", "0147", Day(2027, 1, 1)));
}

TEST(Participants, ThePredecessorKeepsItsAgreementUntilTheLastDay) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2026, 3, 1), Day(2027, 6, 30)}});
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2026, 12, 31)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2027, 1, 1)));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0101", Day(2027, 6, 30)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2027, 7, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1085", "0101", Day(2027, 1, 1)));
}

TEST(Participants, TheSuccessorInheritsNothingThatEndedBeforeIt) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2026, 3, 1), Day(2026, 12, 31)}});
  EXPECT_FALSE(participants.AgreementInForce("1086", "0101", Day(2026, 12, 31)));
  EXPECT_FALSE(participants.AgreementInForce("1086", "0101", Day(2027, 1, 1)));
}

TEST(Participants, TheSuccessorInheritsWhatBeginsAfterIt) {
  const Participants participants = WithAgreements({{"1084", "0101", Day(2027, 2, 1), Day(2027, 12, 31)}});
  EXPECT_FALSE(participants.AgreementInForce("1086", "0101", Day(2027, 1, 31)));
  EXPECT_TRUE(participants.AgreementInForce("1086", "0101", Day(2027, 2, 1)));
}

TEST(Participants, TheSuccessorsOwnAgreementComesBesideTheInheritedOnes) {
  const Participants participants = WithAgreements(
      {{"1084", "0101", Day(2026, 3, 1), Day(2027, 3, 31)}, {"1086", "0101", Day(2027, 3, 1), Day(2027, 9, 30)}});
  EXPECT_TRUE(participants.AgreementInForce("1086", "0101", Day(2027, 2, 28)));
  EXPECT_TRUE(participants.AgreementInForce("1086", "0101", Day(2027, 9, 30)));
  EXPECT_FALSE(participants.AgreementInForce("1086", "0101", Day(2027, 10, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0101", Day(2027, 4, 1)));
}

TEST(Participants, ASuccessorsSuccessorInheritsThroughIt) {
  Register entries = SmallRegister();
  entries.regions.insert(
      entries.regions.begin(),
      {.code = "1000", .name = "Region Nu", .successor_of = {{.region_code = "1086", .from = Day(2030, 1, 1)}}});
  entries.agreements = {{"1085", "0253", Day(2026, 3, 1), Day(2030, 12, 31)}};
  const Participants participants(std::move(entries));
  EXPECT_FALSE(participants.AgreementInForce("1000", "0253", Day(2029, 12, 31)));
  EXPECT_TRUE(participants.AgreementInForce("1000", "0253", Day(2030, 1, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1000", "0253", Day(2031, 1, 1)));
}

TEST(Participants, ASuccessorSpeaksForItsPredecessorsFromItsDay) {
  const Participants participants(SmallRegister());
  EXPECT_TRUE(participants.HasSucceeded("1086", "1084", Day(2027, 1, 1)));
  EXPECT_FALSE(participants.HasSucceeded("1086", "1084", Day(2026, 12, 31)));
  EXPECT_FALSE(participants.HasSucceeded("1084", "1086", Day(2027, 1, 1)));
  EXPECT_FALSE(participants.HasSucceeded("1084", "1085", Day(2027, 1, 1)));
  EXPECT_FALSE(participants.HasSucceeded("1086", "1086", Day(2027, 1, 1)));
  EXPECT_FALSE(participants.HasSucceeded("1099", "1084", Day(2027, 1, 1)));
  EXPECT_THAT(participants.SpeaksFor("1086", Day(2027, 1, 1)), testing::ElementsAre("1084", "1085", "1086"));
  EXPECT_THAT(participants.SpeaksFor("1086", Day(2026, 12, 31)), testing::ElementsAre("1086"));
  EXPECT_THAT(participants.SpeaksFor("1084", Day(2027, 1, 1)), testing::ElementsAre("1084"));
}

TEST(Participants, ASuccessorsSuccessorSpeaksForAllFromTheLaterDay) {
  Register entries = SmallRegister();
  entries.regions.push_back({.code = "1087",
                             .name = "Region Danmark",
                             .successor_of = {{.region_code = "1086", .from = Day(2030, 1, 1)},
                                              {.region_code = "1085", .from = Day(2028, 1, 1)}}});
  const Participants participants(std::move(entries));
  EXPECT_FALSE(participants.HasSucceeded("1087", "1084", Day(2029, 12, 31)));
  EXPECT_TRUE(participants.HasSucceeded("1087", "1084", Day(2030, 1, 1)));
  EXPECT_TRUE(participants.HasSucceeded("1087", "1085", Day(2028, 1, 1))) << "the shorter way counts";
}

TEST(Participants, WhatIsLateStandsInTheAgreementThatBeganLast) {
  const auto late_after = [](int hours) { return contract::Thresholds{.not_fetched = absl::Hours(hours)}; };
  const Participants participants = WithAgreements({{.region_code = "1084",
                                                     .municipality_code = "0101",
                                                     .first_day = Day(2026, 1, 1),
                                                     .last_day = Day(2026, 6, 30),
                                                     .late = late_after(1)},
                                                    {.region_code = "1084",
                                                     .municipality_code = "0101",
                                                     .first_day = Day(2026, 8, 1),
                                                     .last_day = Day(2027, 12, 31),
                                                     .late = late_after(2)}});
  const auto hours = [&](absl::string_view region, absl::string_view municipality, Day day) {
    return participants.ThresholdsOf(region, municipality, day).not_fetched / absl::Hours(1);
  };
  EXPECT_EQ(hours("1084", "0101", Day(2025, 12, 31)), 4) << "no agreement yet";
  EXPECT_EQ(hours("1084", "0101", Day(2026, 1, 1)), 1);
  EXPECT_EQ(hours("1084", "0101", Day(2026, 7, 15)), 1) << "it is over, and what was sent under it still counts";
  EXPECT_EQ(hours("1084", "0101", Day(2026, 8, 1)), 2);
  EXPECT_EQ(hours("1084", "0147", Day(2026, 8, 1)), 4);
  EXPECT_EQ(hours("1085", "0101", Day(2026, 8, 1)), 4);
  EXPECT_EQ(hours("1086", "0101", Day(2026, 12, 31)), 4);
  EXPECT_EQ(hours("1086", "0101", Day(2027, 1, 1)), 2) << "inherited";
}

TEST(Participants, OfTwoInheritedAgreementsTheStricterCounts) {
  const auto agreement = [](const char* region, const contract::Thresholds& late) {
    return Agreement{.region_code = region,
                     .municipality_code = "0101",
                     .first_day = Day(2026, 1, 1),
                     .last_day = Day(2028, 1, 1),
                     .late = late};
  };
  const Participants participants =
      WithAgreements({agreement("1084", {.not_fetched = absl::Hours(1), .destroyed = absl::Hours(500)}),
                      agreement("1085", {.not_fetched = absl::Hours(3), .not_acknowledged = absl::Hours(5)})});
  EXPECT_EQ(participants.ThresholdsOf("1086", "0101", Day(2027, 1, 1)),
            (contract::Thresholds{.not_fetched = absl::Hours(1), .not_acknowledged = absl::Hours(5)}));
}

TEST(Participants, ACircleOfSuccessorsEnds) {
  Register entries = SmallRegister();
  entries.regions[1].successor_of = {{.region_code = "1086", .from = Day(2028, 1, 1)}};
  entries.agreements = {{"1085", "0253", Day(2026, 3, 1), Day(2030, 12, 31)}};
  const Participants participants(std::move(entries));
  EXPECT_TRUE(participants.AgreementInForce("1084", "0253", Day(2028, 1, 1)));
  EXPECT_FALSE(participants.AgreementInForce("1084", "0253", Day(2027, 12, 31)));
}

}  // namespace
}  // namespace envej::admission
