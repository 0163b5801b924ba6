#include "broker/admission/participants_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/certs/options/written_file.h"

namespace envej::admission {
namespace {

using testing::ElementsAre;
using Day = absl::CivilDay;

constexpr char kProper[] =
    "regions:\n"                                                                                     // 1
    "  - {code: \"1084\", name: Region Hovedstaden}\n"                                               // 2
    "  - {code: \"1085\", name: Region Sjælland}\n"                                                  // 3
    "  - code: \"1086\"\n"                                                                           // 4
    "    name: Region Østdanmark\n"                                                                  // 5
    "    successor_of:\n"                                                                            // 6
    "      - {region: \"1084\", from: 2027-01-01}\n"                                                 // 7
    "      - {region: \"1085\", from: 2027-01-01}\n"                                                 // 8
    "municipalities:\n"                                                                              // 9
    "  - {code: \"0253\", name: Greve, participating: false}\n"                                      // 10
    "  - code: 0101\n"                                                                               // 11
    "    name: København\n"                                                                          // 12
    "    participating: true\n"                                                                      // 13
    "    scheme_name: Vejen videre\n"                                                                // 14
    "    phone_number: \"+4599000000\"\n"                                                            // 15
    "    leaflet_text: |\n"                                                                          // 16
    "      Vil du ringes op?\n"                                                                      // 17
    "      Ring til os.\n"                                                                           // 18
    "agreements:\n"                                                                                  // 19
    "  - {region: \"1084\", municipality: \"0101\", first_day: 2026-01-01, last_day: 2026-06-30}\n"  // 20
    "  - {region: \"1084\", municipality: \"0101\", first_day: 2026-08-01, last_day: 2026-12-31}\n"  // 21
    "operations: [night-watch]\n"                                                                    // 22
    ;

std::vector<std::string> ErrorsIn(absl::string_view text) {
  const std::string path = WrittenFile(text);
  return ErrorLines(ReadParticipants(path).status(), path);
}

std::vector<std::string> ErrorsAfter(absl::string_view old_part, absl::string_view new_part) {
  return ErrorsIn(Edited(kProper, old_part, new_part));
}

TEST(ParticipantsReader, ReadsTheRegister) {
  const absl::StatusOr<Participants> participants = ReadParticipants(WrittenFile(kProper));
  ASSERT_TRUE(participants.ok()) << participants.status();
  const Region* region = participants->FindRegion("1086");
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(region->name, "Region Østdanmark");
  ASSERT_EQ(region->successor_of.size(), 2u);
  EXPECT_EQ(region->successor_of[1].region_code, "1085");
  EXPECT_EQ(region->successor_of[1].from, Day(2027, 1, 1));
  const Municipality* municipality = participants->FindMunicipality("0101");
  ASSERT_NE(municipality, nullptr);
  EXPECT_TRUE(municipality->participating);
  EXPECT_EQ(municipality->name, "København");
  EXPECT_EQ(municipality->scheme_name, "Vejen videre");
  EXPECT_EQ(municipality->phone_number, "+4599000000");
  EXPECT_EQ(municipality->leaflet_text, "Vil du ringes op?\nRing til os.\n");
  ASSERT_NE(participants->FindMunicipality("0253"), nullptr);
  EXPECT_FALSE(participants->FindMunicipality("0253")->participating);
  EXPECT_TRUE(participants->AgreementInForce("1084", "0101", Day(2026, 6, 30)));
  EXPECT_FALSE(participants->AgreementInForce("1084", "0101", Day(2026, 7, 1)));
  EXPECT_TRUE(participants->AgreementInForce("1084", "0101", Day(2026, 8, 1)));
  EXPECT_TRUE(participants->KnowsOperations("night-watch"));
}

TEST(ParticipantsReader, ReadsCertificatesAndWhoIsSuspended) {
  using certs::SubjectAttribute;
  const std::string region = Edited(kProper, "{code: \"1084\", name: Region Hovedstaden}",
                                    "{code: \"1084\", name: Region Hovedstaden, suspended: true, certificates: "
                                    "[{subject_serial_number: \"UI:DK-O:G:1\"}, {subject_serial_number: ab}]}");
  const std::string both = Edited(region, "participating: false",
                                  "participating: false, suspended: false, certificates: "
                                  "[{organization_identifier: ab}]");
  const absl::StatusOr<Participants> participants = ReadParticipants(WrittenFile(both));
  ASSERT_TRUE(participants.ok()) << participants.status();
  const certs::Identity capital{certs::ParticipantKind::kRegion, "1084", ""};
  const certs::Identity greve{certs::ParticipantKind::kMunicipality, "0253", ""};
  EXPECT_EQ(participants->subjects(),
            (certs::SubjectTable{{{SubjectAttribute::kSerialNumber, "UI:DK-O:G:1"}, capital},
                                 {{SubjectAttribute::kSerialNumber, "ab"}, capital},
                                 {{SubjectAttribute::kOrganizationIdentifier, "ab"}, greve}}));
  EXPECT_TRUE(participants->Suspended(capital));
  EXPECT_FALSE(participants->Suspended(greve));
  EXPECT_FALSE(participants->Suspended({certs::ParticipantKind::kRegion, "1085", ""}));
  EXPECT_FALSE(participants->Suspended({certs::ParticipantKind::kRegion, "1099", ""}));
  EXPECT_FALSE(participants->Suspended({certs::ParticipantKind::kMunicipality, "1084", ""}));
  EXPECT_FALSE(participants->Suspended({certs::ParticipantKind::kOperations, "night-watch", ""}));
}

TEST(ParticipantsReader, ReadsWhomToPhone) {
  const std::string text =
      Edited(kProper, "name: Region Hovedstaden",
             "name: Region Hovedstaden, on_call: {name: IT-vagten, phone_number: \"+4599000001\"}");
  const absl::StatusOr<Participants> participants =
      ReadParticipants(WrittenFile(Edited(text, "participating: false",
                                          "participating: false, on_call: {name: Vagten, phone_number: "
                                          "\"+4599000002\"}")));
  ASSERT_TRUE(participants.ok()) << participants.status();
  ASSERT_TRUE(participants->FindRegion("1084")->on_call.has_value());
  EXPECT_EQ(participants->FindRegion("1084")->on_call->name, "IT-vagten");
  EXPECT_EQ(participants->FindRegion("1084")->on_call->phone_number, "+4599000001");
  EXPECT_EQ(participants->FindMunicipality("0253")->on_call->phone_number, "+4599000002");
  EXPECT_FALSE(participants->FindRegion("1085")->on_call.has_value());
  EXPECT_THAT(ErrorsAfter("name: Region Hovedstaden", "name: Region Hovedstaden, on_call: {name: Vagten}"),
              testing::ElementsAre(testing::HasSubstr("key \"phone_number\" is missing")));
  EXPECT_THAT(ErrorsAfter("name: Region Hovedstaden",
                          "name: Region Hovedstaden, on_call: {name: Vagten, phone_number: \"99000001\"}"),
              testing::ElementsAre(testing::HasSubstr("a phone number such as +45 and eight digits")));
}

TEST(ParticipantsReader, ReadsWhatIsLateUnderAnAgreement) {
  const std::string text =
      Edited(kProper, "last_day: 2026-06-30",
             "last_day: 2026-06-30, late: {not_fetched_hours: 1, not_acknowledged_hours: 2, past_discharge_hours: 3, "
             "undelivered_days: 4, destroyed_days: 5}");
  const absl::StatusOr<Participants> participants =
      ReadParticipants(WrittenFile(Edited(text, "last_day: 2026-12-31", "last_day: 2026-12-31, late: {}")));
  ASSERT_TRUE(participants.ok()) << participants.status();
  EXPECT_EQ(participants->ThresholdsOf("1084", "0101", Day(2026, 1, 1)),
            (contract::Thresholds{.not_fetched = absl::Hours(1),
                                  .not_acknowledged = absl::Hours(2),
                                  .past_discharge = absl::Hours(3),
                                  .undelivered = absl::Hours(4 * 24),
                                  .destroyed = absl::Hours(5 * 24)}));
  EXPECT_EQ(participants->ThresholdsOf("1084", "0101", Day(2026, 8, 1)), contract::Thresholds());
}

TEST(ParticipantsReader, RefusesEachFaultOnItsLine) {
  const struct {
    absl::string_view old_part, new_part, error;
  } kCases[] = {
      // Form.
      {"operations:", "observers: []\noperations:", "22: key \"observers\" is not known here"},
      {"operations: [night-watch]\n", "", "1: key \"operations\" is missing"},
      {"name: Region Sjælland}", "name: Region Sjælland, town: Sorø}", "3: key \"town\" is not known here"},
      {"{region: \"1085\", from: 2027-01-01}", "{region: \"1085\", from: 2027-01-01, to: 2028-01-01}",
       "8: key \"to\" is not known here"},
      {"participating: false}", "participating: false, region: \"1085\"}", "10: key \"region\" is not known here"},
      {"last_day: 2026-06-30}", "last_day: 2026-06-30, note: x}", "20: key \"note\" is not known here"},
      {"regions:\n", "regions: [\n", "2: illegal block entry"},
      {"[night-watch]", "night-watch", "22: \"operations\" must be a list of texts"},
      {"participating: true", "participating: ja", "13: \"participating\" must be true or false"},
      {"name: Greve, ", "", "10: key \"name\" is missing"},
      {"name: Greve, ", "name: 99, ", "10: \"name\" must be a text with a letter"},
      // Codes and names.
      {"code: \"1085\"", "code: \"108\"", "3: \"code\" must be four digits"},
      {"code: \"0253\"", "code: 025a", "10: \"code\" must be four digits"},
      {"code: 0101", "code: 101", "11: \"code\" must be four digits"},
      {"code: \"0253\"", "code: \"0101\"", "11: code 0101 stands twice, first on line 10"},
      {"[night-watch]", "[night-watch, night-watch]", "22: the name of operations stands twice"},
      {"[night-watch]", "[Night]",
       "22: an item of \"operations\" must be 1 to 32 lower-case letters, digits and hyphens"},
      // Certificates and suspension.
      {"name: Region Sjælland", "name: Region Sjælland, suspended: yes", "3: \"suspended\" must be true or false"},
      {"name: Greve", "name: Greve, certificates: none", "10: \"certificates\" must be a list of mappings"},
      {"name: Greve", "name: Greve, certificates: [{}]", "10: key \"subject_serial_number\" is missing"},
      {"name: Greve", "name: Greve, certificates: [{common_name: x, organization_identifier: y}]",
       "10: key \"common_name\" is not known here"},
      {"name: Greve", "name: Greve, certificates: [{organization_identifier: \"\"}]",
       "10: \"organization_identifier\" is empty"},
      {"name: Greve", "name: Greve, certificates: [{subject_serial_number: x, organization_identifier: y}]",
       "10: a certificate is named by \"subject_serial_number\" or by \"organization_identifier\", not by both"},
      {"name: Greve", "name: Greve, certificates: [{subject_serial_number: x}, {subject_serial_number: x}]",
       "10: the certificate stands twice, first on line 10"},
      {"name: Region Sjælland}\n",
       "name: Region Sjælland, certificates: [{subject_serial_number: x}]}\n"
       "  - {code: \"1087\", name: Region X, certificates: [{subject_serial_number: x}]}\n",
       "4: the certificate stands twice, first on line 3"},
      // Texts of the scheme.
      {"    scheme_name: Vejen videre\n", "",
       "11: key \"scheme_name\" is missing, which a participating municipality must have"},
      {"    phone_number: \"+4599000000\"\n", "",
       "11: key \"phone_number\" is missing, which a participating municipality must have"},
      {"    leaflet_text: |\n      Vil du ringes op?\n      Ring til os.\n", "",
       "11: key \"leaflet_text\" is missing, which a participating municipality must have"},
      {"Vejen videre", "\"\"", "14: \"scheme_name\" is empty"},
      {"Vejen videre", "\"Vejen\\nvidere\"",
       "14: \"scheme_name\" holds a control, private-use, unassigned or replacement character"},
      {"Vejen videre", "\"Ve\\u0301jen vide\\u0301re\"", "14: \"scheme_name\" is not in Unicode normal form C"},
      {"+4599000000", "99000000", "15: \"phone_number\" must be a phone number such as +45 and eight digits"},
      {"+4599000000", "+459900000", "15: \"phone_number\" must be a phone number such as +45 and eight digits"},
      {"Ring til os.", "Ring til\xC2\x85os.",
       "16: \"leaflet_text\" holds a control, private-use, unassigned or replacement character"},
      {"      Vil du ringes op?\n      Ring til os.\n", "      \n", "16: \"leaflet_text\" is empty"},
      {"participating: false", "participating: false, phone_number: \"12\"",
       "10: \"phone_number\" must be a phone number such as +45 and eight digits"},
      // Agreements.
      {"{region: \"1084\", municipality: \"0101\", first_day: 2026-01-01",
       "{region: \"1083\", municipality: \"0101\", first_day: 2026-01-01", "20: region 1083 is not in the register"},
      {"municipality: \"0101\", first_day: 2026-01-01", "municipality: \"0999\", first_day: 2026-01-01",
       "20: municipality 0999 is not in the register"},
      {"municipality: \"0101\", first_day: 2026-01-01", "municipality: \"0253\", first_day: 2026-01-01",
       "20: municipality 0253 does not participate"},
      {"first_day: 2026-01-01, ", "", "20: key \"first_day\" is missing"},
      {"last_day: 2026-06-30", "last_day: 2026-06-31",
       "20: \"last_day\" must be a day of the calendar, written YYYY-MM-DD"},
      {"last_day: 2026-06-30", "last_day: 2025-12-31", "20: the agreement ends before it begins"},
      {"last_day: 2026-06-30", "last_day: 2026-06-30, late: {fetched_hours: 1}",
       "20: key \"fetched_hours\" is not known here"},
      {"last_day: 2026-06-30", "last_day: 2026-06-30, late: {not_fetched_hours: 0}",
       "20: \"not_fetched_hours\" must be a whole number from 1 to 168"},
      {"last_day: 2026-06-30", "last_day: 2026-06-30, late: {not_fetched_hours: 48}",
       "20: what is not fetched is late before it is late as not acknowledged"},
      {"last_day: 2026-06-30", "last_day: 2026-06-30, late: {destroyed_days: 14}",
       "20: what is undelivered is told at least a day before it is destroyed"},
      {"last_day: 2026-06-30", "last_day: 2026-08-01",
       "21: the agreement overlaps the one on line 20 of the same region and municipality"},
      {"first_day: 2026-08-01", "first_day: 2026-06-30",
       "21: the agreement overlaps the one on line 20 of the same region and municipality"},
      {"first_day: 2026-08-01, last_day: 2026-12-31", "first_day: 2025-08-01, last_day: 2026-01-01",
       "21: the agreement overlaps the one on line 20 of the same region and municipality"},
      {"first_day: 2026-08-01, last_day: 2026-12-31", "first_day: 2025-08-01, last_day: 2026-12-31",
       "21: the agreement overlaps the one on line 20 of the same region and municipality"},
      {"first_day: 2026-08-01, last_day: 2026-12-31", "first_day: 2026-02-01, last_day: 2026-02-02",
       "21: the agreement overlaps the one on line 20 of the same region and municipality"},
      // Successors.
      {"{region: \"1085\", from: 2027-01-01}", "{region: \"1085\"}", "8: key \"from\" is missing"},
      {"{region: \"1085\", from: 2027-01-01}", "{region: \"1083\", from: 2027-01-01}",
       "8: region 1083 is not in the register"},
      {"{region: \"1085\", from: 2027-01-01}", "{region: \"1084\", from: 2028-01-01}",
       "8: region 1084 is succeeded twice"},
      {"{region: \"1085\", from: 2027-01-01}", "{region: \"1086\", from: 2027-01-01}",
       "6: region 1086 succeeds itself"},
      {"{code: \"1084\", name: Region Hovedstaden}",
       "{code: \"1084\", name: Region Hovedstaden, successor_of: [{region: \"1086\", from: 2028-01-01}]}",
       "2: region 1084 succeeds itself"},
  };
  for (const auto& example : kCases) {
    EXPECT_THAT(ErrorsAfter(example.old_part, example.new_part), ElementsAre(std::string(example.error)))
        << example.new_part;
  }
}

TEST(ParticipantsReader, BoundsTheLeafletInCharacters) {
  const std::string whole = "leaflet_text: |\n      Vil du ringes op?\n      Ring til os.\n";
  std::string letters;
  for (int count = 0; count < 4000; ++count) letters += "ø";
  EXPECT_THAT(ErrorsAfter(whole, absl::StrCat("leaflet_text: ", letters, "\n")), testing::IsEmpty());
  EXPECT_THAT(ErrorsAfter(whole, absl::StrCat("leaflet_text: ", letters, "ø\n")),
              ElementsAre("16: \"leaflet_text\" is longer than 4000 characters"));
}

TEST(ParticipantsReader, AgreementsOfOthersMayOverlap) {
  EXPECT_THAT(ErrorsAfter("{region: \"1084\", municipality: \"0101\", first_day: 2026-08-01",
                          "{region: \"1085\", municipality: \"0101\", first_day: 2026-01-01"),
              testing::IsEmpty());
}

TEST(ParticipantsReader, TellsEveryFaultAtOnce) {
  std::string text = Edited(kProper, "code: \"1085\"", "code: 85");
  text = Edited(text, "last_day: 2026-06-30", "last_day: 2025-06-30");
  EXPECT_THAT(ErrorsIn(text),
              ElementsAre("3: \"code\" must be four digits", "20: the agreement ends before it begins"));
}

TEST(ParticipantsReader, AMissingListIsOneError) {
  EXPECT_THAT(ErrorsAfter("  - {code: \"0253\", name: Greve, participating: false}\n", "  - Greve\n"),
              ElementsAre("10: an item of \"municipalities\" must be a mapping"));
  EXPECT_THAT(ErrorsAfter("municipalities:\n", "municipality:\n"),
              ElementsAre("1: key \"municipalities\" is missing", "9: key \"municipality\" is not known here"));
  EXPECT_THAT(ErrorsAfter("regions:\n", "region:\n"),
              ElementsAre("1: key \"regions\" is missing", "1: key \"region\" is not known here"));
}

TEST(ParticipantsReader, TheShippedRegisterKnowsAllMunicipalitiesAndTheMerger) {
  const char* source = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(source, nullptr);
  const absl::StatusOr<Participants> participants = ReadParticipants(absl::StrCat(source, "/deploy/participants.yaml"));
  ASSERT_TRUE(participants.ok()) << participants.status();
  EXPECT_EQ(participants->municipalities().size(), 98u);
  EXPECT_EQ(participants->municipalities().front().code, "0101");
  EXPECT_EQ(participants->municipalities().front().name, "København");
  EXPECT_EQ(participants->municipalities().back().code, "0860");
  EXPECT_EQ(participants->municipalities().back().name, "Hjørring");
  EXPECT_EQ(participants->FindMunicipality("0411"), nullptr);
  for (const Municipality& municipality : participants->municipalities()) {
    EXPECT_FALSE(municipality.participating) << municipality.code;
    for (const Region& region : participants->regions()) {
      EXPECT_FALSE(participants->AgreementInForce(region.code, municipality.code, Day(2027, 1, 1)));
    }
  }
  for (const absl::string_view code : {"1081", "1082", "1083", "1084", "1085"}) {
    EXPECT_NE(participants->FindRegion(code), nullptr) << code;
  }
  EXPECT_EQ(participants->regions().size(), 6u);
  const Region* merged = participants->FindRegion("1086");
  ASSERT_NE(merged, nullptr);
  ASSERT_EQ(merged->successor_of.size(), 2u);
  EXPECT_EQ(merged->successor_of[0].region_code, "1084");
  EXPECT_EQ(merged->successor_of[1].region_code, "1085");
  for (const Predecessor& predecessor : merged->successor_of) EXPECT_EQ(predecessor.from, Day(2027, 1, 1));
}

}  // namespace
}  // namespace envej::admission
