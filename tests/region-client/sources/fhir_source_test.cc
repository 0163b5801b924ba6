#include "region-client/sources/fhir_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 13), absl::UTCTimeZone());
constexpr char kPatient[] = "3213801234";
constexpr char kWard[] = "1000000000000001";

std::string Example(const std::string& name) {
  return certs::ReadFile(
      absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/region-client/fhir/examples/", name));
}

class FhirSourceTest : public testing::Test {
 protected:
  void SetUp() override { Open(1000); }
  void Open(size_t cases_most) {
    desk_.reset();
    store_.reset();
    store_ = AgentStore::Open(folder_.Options()).value();
    DeskOptions options{.site = {.patient_authority = "urn:oid:1.2.208.176.1.2", .wards = {kWard}, .services = {}}};
    options.cases_most = cases_most;
    desk_ = std::make_unique<Desk>(
        options, *store_, locks_, [] { return kNow; }, copenhagen_, [] {});
    source_ = std::make_unique<FhirSource>(FhirSource::Parts{.desk = *desk_,
                                                             .copenhagen = copenhagen_,
                                                             .now = [] { return kNow; },
                                                             .log = [this](const std::string& line) { log_ += line; }});
  }
  MessageAnswer Post(const std::string& body, const std::string& type = "application/fhir+json; charset=utf-8") {
    return source_->Process({.kind = PeerKind::kSystem, .name = "urn:ward", .fingerprint = ""}, type, body);
  }

  const absl::TimeZone copenhagen_ = *contract::CopenhagenTimeZone();
  AgentFolder folder_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<FhirSource> source_;
  std::string log_;
};

TEST_F(FhirSourceTest, ADischargeIsDurableBeforeItIsAcknowledgedInTheFormThatCame) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_contact()->add_phone_numbers("+4520000001");
  ASSERT_TRUE(desk_->RegisterConsent({"", kPatient}, consent).ok());
  const MessageAnswer json = Post(Example("discharge.json"));
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.content_type, "application/fhir+json");
  EXPECT_THAT(json.body, AllOf(HasSubstr("acknowledgement-message"), HasSubstr("\"ok\""),
                               HasSubstr("2b8f6c1e-0f44-4ad8-9d3a-5a0f6f3f1b02")));
  Open(1000);
  const std::vector<StoredOutgoing> outbox = store_->ReadOutbox(0, 10).value();
  ASSERT_EQ(outbox.size(), 1u);
  EXPECT_EQ(outbox[0].outgoing.submit().envelope().discharge_date(), "2027-01-15");
  const MessageAnswer again = Post(Example("discharge.xml"), "application/fhir+xml");
  EXPECT_EQ(again.status, 200) << "the same message, known by its ids";
  EXPECT_THAT(again.body, AllOf(HasSubstr("<Bundle"), HasSubstr("acknowledgement-message")));
  EXPECT_EQ(store_->ReadOutbox(0, 10)->size(), 1u);
}

TEST_F(FhirSourceTest, WhatIsWrongIsAFatalErrorByPlaceAndNeverByValue) {
  const MessageAnswer wrong =
      Post(absl::StrReplaceAll(Example("discharge.json"), {{"2027-01-15T13:20:00+01:00", "Opdigtet"}}));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, AllOf(HasSubstr("fatal-error"), HasSubstr("period.end")));
  EXPECT_THAT(log_, AllOf(HasSubstr("urn:ward"), HasSubstr("period.end"), Not(HasSubstr("Opdigtet"))));
  const MessageAnswer unknown =
      Post(absl::StrReplaceAll(Example("discharge.json"), {{"urn:oid:1.2.208.176.1.2", "urn:oid:1.2"}}));
  EXPECT_EQ(unknown.status, 422);
  EXPECT_THAT(unknown.body, AllOf(HasSubstr("Patient.identifier"), Not(HasSubstr(kPatient))));
  EXPECT_THAT(Post("no message").body, HasSubstr("fatal-error"));
  EXPECT_EQ(store_->cases(), 0u);
  std::vector<std::string> counted;
  const std::vector<DayCount> refused = *store_->ReadRefused("", 10);
  for (const DayCount& count : refused) {
    counted.push_back(absl::StrCat(count.source, " ", count.reason, " ", count.count));
  }
  EXPECT_THAT(counted, testing::Contains("urn:ward Patient.identifier 1"));
  EXPECT_EQ(counted.size(), 3u);
}

TEST_F(FhirSourceTest, WhatCannotBeKeptNowMayComeAgainAsItIs) {
  Open(0);
  const MessageAnswer full = Post(Example("discharge.json"));
  EXPECT_EQ(full.status, 503);
  EXPECT_THAT(full.body, HasSubstr("transient-error"));
  Open(1000);
  EXPECT_EQ(Post(Example("discharge.json")).status, 200);
  EXPECT_EQ(store_->cases(), 1u);
}

TEST_F(FhirSourceTest, AnotherContentTypeIsNotRead) {
  EXPECT_EQ(Post(Example("discharge.json"), "text/plain").status, 415);
  EXPECT_EQ(store_->cases(), 0u);
}

TEST_F(FhirSourceTest, AnAcknowledgementIsNotAnswered) {
  const MessageAnswer first = Post(Example("discharge.json"));
  const MessageAnswer second = Post(first.body);
  EXPECT_EQ(second.status, 204) << second.body;
  EXPECT_THAT(second.body, IsEmpty());
}

}  // namespace
}  // namespace envej::region
