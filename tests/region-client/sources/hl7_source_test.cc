#include "region-client/sources/hl7_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "region-client/folder/hl7_decoder.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// 15 January 2027 at 14:05 in Copenhagen.
const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 13, 5), absl::UTCTimeZone());

// Of somebody who does not exist: nobody is born on day 00.
std::string Discharge(const std::string& id, const std::string& patient = "0001011234") {
  return absl::StrCat(
      "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03^ADT_A03|", id,
      "|P|2.5|||||DNK|UTF-8\rEVN|A03|20270115140500\rPID|1||", patient,
      "^^^hospital||Opdigtet^Ane||19800517|F|||Opdigtet Vej 1^^Byen^^1000||20 00 00 01~not a number~+45 20000001\r"
      "PV1|1|I|P1^^^||||||||||||||||S1||||||||||||||||||||||||||20270115140000\r");
}

class Hl7SourceTest : public testing::Test {
 protected:
  void SetUp() override { Open({.site = TestSite()}); }

  void Open(const DeskOptions& options) {
    source_.reset();
    desk_.reset();
    store_.reset();
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options());
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    desk_ = std::make_unique<Desk>(
        options, *store_, locks_, [] { return kNow; }, copenhagen_, [] {});
    source_ = std::make_unique<Hl7Source>(Hl7Source::Parts{.name = "adt",
                                                           .site = {.zone = copenhagen_},
                                                           .desk = *desk_,
                                                           .now = [] { return kNow; },
                                                           .log = [this](const std::string& line) { log_ += line; }});
  }
  size_t Outbox() const { return store_->ReadOutbox(0, 10)->size(); }

  const absl::TimeZone copenhagen_ = *contract::CopenhagenTimeZone();
  AgentFolder folder_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Hl7Source> source_;
  std::string log_;
};

TEST_F(Hl7SourceTest, ADischargeIsDurableBeforeItIsAcknowledged) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "0001011234"}, Consent("2027-01-15")).ok());
  EXPECT_THAT(source_->Answer("pas", Discharge("M1")), AllOf(HasSubstr("MSA|AA|M1"), HasSubstr("ACK^A03")));
  Open({.site = TestSite()});
  const std::vector<StoredOutgoing> outbox = *store_->ReadOutbox(0, 10);
  ASSERT_THAT(outbox, SizeIs(1));
  EXPECT_EQ(outbox[0].outgoing.submit().citizen().name(), "Ane Opdigtet");
  EXPECT_THAT(outbox[0].outgoing.submit().citizen().phone_numbers(), ElementsAre("+4520000001"));
  EXPECT_EQ(outbox[0].outgoing.submit().envelope().discharge_date(), "2027-01-15");
}

TEST_F(Hl7SourceTest, AMessageThatComesAgainIsAcknowledgedAndDoesNothing) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "0001011234"}, Consent("2027-01-15")).ok());
  EXPECT_THAT(source_->Answer("pas", Discharge("M1")), HasSubstr("MSA|AA|M1"));
  EXPECT_THAT(source_->Answer(
                  "pas", absl::StrReplaceAll(Discharge("M1"), {{"Opdigtet Vej 1", "Opdigtet Vej 1 "}, {"DNK", ""}})),
              HasSubstr("MSA|AA|M1"));
  EXPECT_EQ(Outbox(), 1u);
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_THAT(source_->Answer("pas", absl::StrReplaceAll(Discharge("M1"), {{"A03", "A13"}, {"PAS", "OTHER"}})),
              HasSubstr("MSA|AA|M1"));
  ASSERT_EQ(Outbox(), 1u);
  EXPECT_TRUE(store_->ReadOutbox(0, 10)->front().outgoing.has_withdraw()) << "another system's message of the same id";
}

TEST_F(Hl7SourceTest, AnEngineThatCountsAnewLosesNoDischarge) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "0002021234"}, Consent("2027-01-15")).ok());
  EXPECT_THAT(source_->Answer("pas", Discharge("1")), HasSubstr("MSA|AA|1"));
  EXPECT_THAT(source_->Answer("pas", Discharge("1", "0002021234")), HasSubstr("MSA|AA|1"));
  EXPECT_EQ(Outbox(), 1u);
  EXPECT_THAT(log_, AllOf(HasSubstr("MSH-10"), Not(HasSubstr("000202"))));
}

TEST_F(Hl7SourceTest, TheEnhancedModeIsAnsweredOnceAndWithoutAnAnswerAMessageIsTakenToo) {
  const auto asking = [](const std::string& message, const char* accept_and_application) {
    return absl::StrReplaceAll(message, {{"|2.5|||||", absl::StrCat("|2.5|||", accept_and_application, "|")}});
  };
  ASSERT_TRUE(desk_->RegisterConsent({"", "0001011234"}, Consent("2027-01-15")).ok());
  EXPECT_EQ(source_->Answer("pas", asking(Discharge("M1"), "NE|NE")), "");
  EXPECT_EQ(Outbox(), 1u);
  EXPECT_THAT(source_->Answer("pas", asking(Discharge("M1"), "AL|NE")), HasSubstr("MSA|CA|M1"));
  EXPECT_THAT(source_->Answer("pas", asking(Discharge("M2", ""), "AL|AL")), HasSubstr("MSA|CE|M2"));
  EXPECT_EQ(Outbox(), 1u);
}

TEST_F(Hl7SourceTest, WhatComesAgainInAFolderOfTheSameNameIsKnown) {
  EXPECT_THAT(source_->Answer("pas", Discharge("M1")), HasSubstr("MSA|AA|M1"));
  const std::vector<FileItem> items =
      *DecodeHl7File(Discharge("M1"), /*items_most=*/1, {.name = "adt", .site = {.zone = copenhagen_}}, kNow);
  ASSERT_THAT(items, SizeIs(1));
  const auto again = desk_->TakeMessage(items[0].name, std::get<std::vector<ward::Event>>(items[0].said));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated);
}

TEST_F(Hl7SourceTest, WhatIsOfNoConcernIsAcknowledgedAndForgotten) {
  EXPECT_THAT(source_->Answer("pas", absl::StrReplaceAll(Discharge("M1"), {{"A03", "A04"}})), HasSubstr("MSA|AA|M1"));
  EXPECT_EQ(store_->cases(), 0u);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(Hl7SourceTest, WhatIsWrongIsRefusedByPlaceAndNeverByValue) {
  struct {
    std::string message;
    const char* acknowledged;
    const char* place;
  } const cases[] = {
      {absl::StrReplaceAll(Discharge("M1"), {{"20270115140000", "Ane"}}), "MSA|AE|M1", "PV1^1^45"},
      {absl::StrReplaceAll(Discharge("M1"), {{"^^^hospital", "^^^other"}}), "MSA|AE|M1", "PID^1^3"},
      {absl::StrReplaceAll(Discharge("M1"), {{"|2.5|", "|9.9|"}}), "MSA|AR|M1", "MSH^1^12"},
      {absl::StrReplaceAll(Discharge("M1"), {{"|PAS|", absl::StrCat("|", std::string(600, 'P'), "|")}}), "MSA|AE|M1",
       "MSH^1^3"},
      {absl::StrReplaceAll(Discharge("M1"), {{"|NORD|", "|" + std::string(600, 'N') + "|"}}), "MSA|AE|M1", "MSH^1^4"},
      {absl::StrReplaceAll(Discharge("M1"), {{"ADT^A03^ADT_A03", "ADT^A40"}, {"\rPV1", "\rMRG|OLD^^^other\rPV1"}}),
       "MSA|AE|M1", "MRG^1^1"},
      {absl::StrReplaceAll(Discharge("M1"), {{"A03|20270115140500", "A03|20270115160500"}}), "MSA|AE|M1", "EVN^1^2"},
      {"Ane Opdigtet", "MSA|AR|", "ERR|"},
  };
  for (const auto& [message, acknowledged, place] : cases) {
    log_.clear();
    EXPECT_THAT(source_->Answer("pas", message),
                AllOf(HasSubstr(acknowledged), HasSubstr(place), Not(HasSubstr("Ane")), Not(HasSubstr("000101"))));
    EXPECT_THAT(log_,
                AllOf(HasSubstr("adt: a message of pas was refused"), Not(HasSubstr("Ane")), Not(HasSubstr("000101"))));
  }
  EXPECT_EQ(store_->cases(), 0u);
  std::vector<std::string> counted;
  const std::vector<DayCount> refused = *store_->ReadRefused("", 10);
  for (const DayCount& count : refused) {
    counted.push_back(absl::StrCat(count.day, " ", count.source, " ", count.reason, " ", count.count));
  }
  EXPECT_THAT(counted, UnorderedElementsAre("2027-01-15 adt 102 PV1-45 1", "2027-01-15 adt 101 PID-3 1",
                                            "2027-01-15 adt 203 MSH-12 1", "2027-01-15 adt 104 MSH-3 1",
                                            "2027-01-15 adt 104 MSH-4 1", "2027-01-15 adt 101 MRG-1 1",
                                            "2027-01-15 adt 102 EVN-2 1", "2027-01-15 adt 100 MSH 1"));
}

TEST_F(Hl7SourceTest, WhatCannotBeKeptNowMayComeAgainAsItIs) {
  Open({.site = TestSite(), .cases_most = 0});
  EXPECT_THAT(source_->Answer("pas", Discharge("M1")), AllOf(HasSubstr("MSA|AR|M1"), HasSubstr("207")));
  Open({.site = TestSite()});
  EXPECT_THAT(source_->Answer("pas", Discharge("M1")), HasSubstr("MSA|AA|M1"));
  EXPECT_EQ(store_->cases(), 1u);
  EXPECT_THAT(*store_->ReadRefused("", 10), IsEmpty());
}

}  // namespace
}  // namespace envej::region
