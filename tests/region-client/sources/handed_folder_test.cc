#include "region-client/sources/handed_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kDischarge[] =
    "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03|m1|P|2.5||||||UNICODE UTF-8\r"
    "EVN|A03|20270115140500\rPID|1||4711^^^hospital||Pr\xC3\xB8ve^Nanna||||||||+4520000001\r"
    "PV1|1|I|P1||||||||||||||||S1||||||||||||||||||||||||||20270115140000\r";
constexpr char kConsent[] =
    R"({"id":"c1","patient":{"value":"4711"},"municipality_code":"0101",)"
    R"("consent":{"contact":{"given_on":"2027-01-15","form":"CONSENT_FORM_WRITTEN"},)"
    R"("disclosure":{"given_on":"2027-01-15","form":"CONSENT_FORM_WRITTEN"}},)"
    R"("criteria":{"aged_18_or_over":true,"mental_illness":true,"discharged_from_regional_psychiatry":true,)"
    R"("no_support_under_serviceloven":true}})";

class HandedFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    const AgentStoreOptions options = agent_.Options();
    store_ = AgentStore::Open(options).value();
    desk_ = std::make_unique<Desk>(
        DeskOptions{.site = TestSite()}, *store_, locks_, [this] { return now_; }, absl::UTCTimeZone(), [] {});
  }
  absl::StatusOr<std::unique_ptr<HandedFolder>> Open() {
    return HandedFolder::Open({.name = "files", .folder = files_.Path("in"), .hl7 = {}},
                              {.desk = *desk_,
                               .at_rest = AtRest::Read(agent_.Options().secret, {}).value(),
                               .copenhagen = absl::UTCTimeZone(),
                               // Time goes on with each look, so that files need not be waited for.
                               .now = [this] { return now_ += absl::Seconds(10); },
                               .log = [this](const std::string& line) { log_.push_back(line); }});
  }

  // Takes files until none is left in the folder.
  void TakeAll(HandedFolder& folder) {
    Stopping stopping;
    std::thread looks([&] { folder.Run(stopping); });
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (std::distance(std::filesystem::directory_iterator(files_.Path("in")), {}) > 2 && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(20));
    }
    stopping.Stop();
    looks.join();
  }

  absl::Time now_ = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 15), absl::UTCTimeZone());
  certs::TestDirectory files_;
  AgentFolder agent_;
  CaseLocks locks_;
  std::vector<std::string> log_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(HandedFolderTest, ADischargeAndAConsentThatLieInItBecomeANotice) {
  const absl::StatusOr<std::unique_ptr<HandedFolder>> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  files_.Write("in/discharge.hl7", kDischarge);
  files_.Write("in/consent.jsonl", kConsent);
  files_.Write("in/broken.hl7", "MSH|broken");
  TakeAll(**folder);
  const std::vector<StoredOutgoing> outbox = store_->ReadOutbox(0, 10).value();
  ASSERT_EQ(outbox.size(), 1u);
  EXPECT_EQ(outbox[0].outgoing.submit().citizen().name(), "Nanna Prøve");
  EXPECT_TRUE(std::filesystem::exists(files_.Path("in/rejected/broken.hl7.reason.json")));
  EXPECT_THAT(log_, Contains(AllOf(HasSubstr("files: a file was rejected"), HasSubstr("MESSAGE_INVALID"),
                                   HasSubstr("it is wiped in 14 days"))));
  const std::vector<DayCount> refused = store_->ReadRefused("", 10).value();
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].source, "files");
  EXPECT_EQ(refused[0].reason, "MESSAGE_INVALID");
  for (const std::string& line : log_) EXPECT_THAT(line, AllOf(Not(HasSubstr("4711")), Not(HasSubstr("hl7"))));
}

TEST_F(HandedFolderTest, OfABatchOneBadMessageIsNamedAndTheOthersAreTaken) {
  const absl::StatusOr<std::unique_ptr<HandedFolder>> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  const auto batch_of = [](const std::string& second_patient) {
    const auto message = [](const std::string& id, const std::string& patient) {
      return absl::StrReplaceAll(kDischarge, {{"m1", id}, {"4711", patient}});
    };
    return absl::StrCat("FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r", message("m1", "4711"), message("m2", second_patient),
                        message("m3", "4713"), "BTS|3\rFTS|1\r");
  };
  files_.Write("in/night.hl7", batch_of(""));
  TakeAll(**folder);
  EXPECT_TRUE(desk_->Find({"hospital", "4711"})->has_value());
  EXPECT_TRUE(desk_->Find({"hospital", "4713"})->has_value());
  EXPECT_THAT(certs::ReadFile(files_.Path("in/rejected/night.hl7.reason.json")),
              AllOf(HasSubstr(R"("taken":2)"), HasSubstr(R"("refused":1)"), HasSubstr("PID-3 is missing"),
                    HasSubstr(R"("place":2})"), Not(HasSubstr("471"))));
  files_.Write("in/night.hl7", batch_of("4712"));
  TakeAll(**folder);
  EXPECT_TRUE(desk_->Find({"hospital", "4712"})->has_value());
  const auto outcome = std::filesystem::directory_iterator(files_.Path("in/processed"));
  EXPECT_THAT(certs::ReadFile(outcome->path()),
              AllOf(HasSubstr(R"("taken":1)"), HasSubstr(R"("repeated":2)"), HasSubstr(R"("refused":0)")));
}

TEST_F(HandedFolderTest, SaysThatAFolderIsPassedOver) {
  const absl::StatusOr<std::unique_ptr<HandedFolder>> folder = Open();
  ASSERT_TRUE(folder.ok()) << folder.status();
  std::filesystem::create_directory(files_.Path("in/4711.hl7"));
  Stopping stopping;
  stopping.Stop();
  (*folder)->Run(stopping);
  EXPECT_THAT(log_, ElementsAre("files: a folder that is named as a file is lies there, and is passed over"));
}

TEST_F(HandedFolderTest, SaysWhichFolderCannotBeUsed) {
  std::filesystem::create_directory(files_.Path("in"));
  std::filesystem::permissions(files_.Path("in"), std::filesystem::perms(0755));
  EXPECT_THAT(std::string(Open().status().message()), AllOf(HasSubstr("folder files: "), HasSubstr("chmod 700")));
}

}  // namespace
}  // namespace envej::region
