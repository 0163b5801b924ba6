// Whose a message is, by its numbers.

#include "region-client/agent/message_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/region-client/agent/desk_fixture.h"

namespace envej::region {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using MessageNumbersTest = DeskTest;

TEST_F(MessageNumbersTest, WhatIsFoundByAMergedNumberIsThePatients) {
  ASSERT_TRUE(desk_->RegisterConsent({"", "old"}, Consent("2027-01-15")).ok());
  ward::Event merge = Discharge("new", kDeskOpened);
  merge.kind = ward::EventKind::kMerged;
  merge.merged = {{.authority = "hospital", .value = "old"}};
  EXPECT_TRUE(Takes("m1", {merge}));
  EXPECT_EQ(store_->cases(), 1u);
  ASSERT_TRUE(desk_->Find({"", "old"})->has_value());
  EXPECT_EQ(desk_->Find({"", "old"})->value().id, desk_->Find({"", "new"})->value().id);
  Takes("m2", {Discharge("old", kDeskOpened)});
  EXPECT_THAT(Outbox(), SizeIs(1));
}

TEST_F(MessageNumbersTest, NumbersThatAMessageHasBesideOneAnotherAreOfOnePatient) {
  const auto with_both = [](const std::string& first, const std::string& second, absl::Time at) {
    ward::Event event = Discharge(first, at);
    event.patient.push_back({.authority = "hospital", .value = second});
    return event;
  };
  ASSERT_TRUE(desk_->RegisterConsent({"", "5041"}, Consent("2027-01-15")).ok());
  Takes("m1", {with_both("5041", "5042", kDeskOpened)});
  EXPECT_THAT(Outbox(), SizeIs(1));
  ward::Event cancelled = with_both("5042", "5041", kDeskOpened + absl::Hours(1));
  cancelled.kind = ward::EventKind::kDischargeCancelled;
  Takes("m2", {cancelled});
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_TRUE(Outbox()[0].outgoing.has_withdraw());
  EXPECT_EQ(desk_->Find({"", "5041"})->value().id, desk_->Find({"", "5042"})->value().id);

  ASSERT_TRUE(desk_->RegisterConsent({"", "5032"}, Consent("2027-01-15")).ok());
  Takes("m3", {Discharge("5031", kDeskOpened)});
  EXPECT_EQ(store_->cases(), 3u);
  Takes("m4", {with_both("5031", "5032", kDeskOpened + absl::Hours(1))});
  EXPECT_EQ(store_->cases(), 2u) << "what was known of each is of one";
  EXPECT_TRUE(Outbox().back().outgoing.has_submit());
}

TEST_F(MessageNumbersTest, OfTheOtherNumbersOfMergedPatientsNoMoreAreKeptThanOfOne) {
  ward::Event merge = Discharge("0", kDeskOpened);
  merge.kind = ward::EventKind::kMerged;
  for (const char* const number : {"1", "2", "3"}) {
    ward::Event other = Discharge(number, kDeskOpened);
    for (char value = 'a'; value <= 'z'; ++value) other.patient.push_back({number, std::string(1, value)});
    EXPECT_TRUE(Takes(absl::StrCat("m", number), {other}));
    merge.merged = {{.authority = "hospital", .value = number}};
    EXPECT_TRUE(Takes(absl::StrCat("merge-", number), {merge}));
  }
  EXPECT_EQ(store_->cases(), 1u);
  EXPECT_EQ(desk_->Find({"", "3"})->value().known.patient_ids_size(), 16);
}

TEST_F(MessageNumbersTest, NumbersMeetHoweverTheyAreWrittenAndUnderAnyNameOfTheirAuthority) {
  ward::Site site = TestSite();
  site.same_authority = {"urn:oid:1.2.208.176.1.2"};
  Start({.site = site});
  ASSERT_TRUE(desk_->RegisterConsent({"", "0101909999"}, Consent("2027-01-15")).ok());
  EXPECT_TRUE(Takes("m1", {Discharge("010190-9999", kDeskOpened)}));
  EXPECT_THAT(Outbox(), SizeIs(1));
  ward::Event fhir = Discharge("010190 9999", kDeskOpened);
  fhir.patient[0].authority = "urn:oid:1.2.208.176.1.2";
  EXPECT_TRUE(Takes("m2", {fhir}));
  EXPECT_EQ(store_->cases(), 1u);
  EXPECT_TRUE(desk_->Find({"urn:oid:1.2.208.176.1.2", " 010190-9999"})->has_value());
  ward::Event merge = Discharge("4711", kDeskOpened);
  merge.kind = ward::EventKind::kMerged;
  merge.merged = {{.authority = "hospital", .value = "010190-9999"}};
  EXPECT_TRUE(Takes("m3", {merge}));
  EXPECT_EQ(store_->cases(), 1u);
}

TEST_F(MessageNumbersTest, ANumberOfAnotherAuthorityIdentifiesNobody) {
  for (const ward::PatientId& patient :
       {ward::PatientId{.authority = "elsewhere", .value = "1"}, ward::PatientId{.authority = "", .value = " "}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(desk_->RegisterConsent(patient, Consent("2027-01-15")).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(desk_->WithdrawConsent(patient).status()));
    EXPECT_TRUE(absl::IsInvalidArgument(desk_->Find(patient).status()));
  }
  EXPECT_EQ(store_->cases(), 0u);
}

}  // namespace
}  // namespace envej::region
