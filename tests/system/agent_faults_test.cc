// envej-region agent on a disk that is full, read-only or damaged, and without its secret: what cannot be kept is never
// acknowledged, the log says what to do, and what was acknowledged is there afterwards.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/support/agent_process.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/municipality_folder.h"
#include "tests/support/small_disk.h"

namespace envej::system {
namespace {

namespace fs = std::filesystem;
using support::Ended;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr int kUnavailable = 503;

class AgentFaultsTest : public testing::Test {
 protected:
  static std::string Number(int patient) { return absl::StrCat("P-", patient); }
  static std::string Discharge(int patient) {
    const std::string at = absl::FormatTime("%Y%m%d%H%M%S+0000", absl::Now() - absl::Hours(24), absl::UTCTimeZone());
    return absl::StrCat("MSH|^~\\&|PAS|NORD|ENVEJ|REGION|", at, "||ADT^A03^ADT_A03|M", patient,
                        "|P|2.5|||||DNK|UTF-8\rEVN|A03|", at, "\rPID|1||", Number(patient),
                        "^^^hospital||Opdigtet^Ane||19800517|F|||", std::string(patient < 2 ? 20 : 4000, 'v'),
                        "^^Byen^^1000||200", patient % 10000 + 10000,
                        "\rPV1|1|I|P1||||||||||||||||S1||||||||||||||||||||||||||", at, "\r");
  }
  // Whether it was acknowledged; what was not is to be sent again.
  bool Take(int patient) {
    const std::string answer = agent_.SendHl7(Discharge(patient));
    if (absl::StrContains(answer, "MSA|AA|")) return true;
    EXPECT_THAT(answer, AnyOf(IsEmpty(), AllOf(HasSubstr("MSA|AR|"), HasSubstr("207"))));
    return false;
  }
  bool Knows(int patient) { return agent_.Run({"find", "--patient", Number(patient)}).code == support::kDone; }
  void Consent(int patient) {
    const Ended added = agent_.AddConsent(Number(patient));
    EXPECT_EQ(added.code, support::kDone) << added.err;
  }
  // What a system that posts and staff at the page are answered where nothing can be kept; 0: nobody answers any more.
  int PostMessage() {
    const std::string message =
        absl::StrReplaceAll(certs::ReadFile(absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"),
                                                         "/tests/region-client/fhir/examples/discharge.json")),
                            {{"urn:oid:1.2.208.176.1.2", "hospital"},
                             {"\"1000000000000001\"", "\"P1\""},
                             {"2027-01-15", support::DayFromToday(-1)}});
    const support::PageAnswer answer = agent_.Ask({.as = support::kWardSystem,
                                                   .path = "/fhir/$process-message",
                                                   .body = message,
                                                   .content_type = "application/fhir+json"});
    if (answer.status == kUnavailable) {
      EXPECT_THAT(answer.body, HasSubstr("transient-error"));
    }
    return answer.status;
  }
  int PostWithdrawal(int patient) {
    return agent_
        .Ask({.path = "/api/withdrawals", .body = absl::StrCat("{\"patient\":{\"value\":\"", Number(patient), "\"}}")})
        .status;
  }

  support::BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}())}};
  support::AgentProcess agent_{broker_};
};

// ---- a disk that is too small ----

class AgentDiskTest : public AgentFaultsTest {
 protected:
  void SetUp() override {
    disk_ = std::make_unique<support::SmallDisk>(agent_.data(), 64 * kMiB);
    if (!disk_->is_there()) GTEST_SKIP() << "only root may mount a small disk";
    ASSERT_TRUE(agent_.Start());
    Consent(0);
    Consent(1);
    ASSERT_TRUE(Take(0));
    ASSERT_EQ(agent_.Stop().code, support::kDone);
  }
  bool Mount(unsigned long how) const {
    return mount("tmpfs", agent_.data().c_str(), "tmpfs", MS_REMOUNT | how, "") == 0;
  }

  std::unique_ptr<support::SmallDisk> disk_;  // gone before the folder is
};

TEST_F(AgentDiskTest, WhatAFullDiskCannotKeepIsNotAcknowledgedAndComesAgain) {
  ASSERT_TRUE(agent_.Start());
  ASSERT_TRUE(Take(1));
  ASSERT_TRUE(disk_->FillUpTo(0));
  constexpr int kMost = 20'000;  // the engine has taken room for its log before
  int refused = 2;
  while (refused < kMost && Take(refused)) ++refused;
  ASSERT_LT(refused, kMost) << "the disk never was full";
  std::cout << "acknowledged before the disk was full: " << refused << std::endl;
  EXPECT_THAT(PostMessage(), AnyOf(0, kUnavailable));
  EXPECT_THAT(PostWithdrawal(0), AnyOf(0, kUnavailable));
  const Ended ended = agent_.Wait();
  EXPECT_EQ(ended.code, support::kClientUnusable) << ended.err;
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("No space left on device"), HasSubstr("make room"), HasSubstr("start it again")));
  EXPECT_THAT(ended.err, Not(HasSubstr(Number(refused))));

  agent_.HandOver("late.hl7", Discharge(refused + 1));
  disk_->Empty();
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(agent_.Start());
  for (int patient = 0; patient < refused; patient += patient < 10 ? 1 : 997) EXPECT_TRUE(Knows(patient)) << patient;
  EXPECT_TRUE(Knows(refused - 1)) << "the last that was acknowledged";
  EXPECT_TRUE(Take(refused));
  const std::string held = absl::StrCat(support::DayFromToday(-1), " / Ane Opdigtet / +452001000");
  const std::vector<std::string> both = {absl::StrCat(held, "0"), absl::StrCat(held, "1")};
  EXPECT_EQ(support::MunicipalityFolder(broker_).PullUntil(both), both);
  EXPECT_TRUE(agent_.WaitForLog("files: a file was taken: 1 taken"));
  EXPECT_TRUE(Knows(refused + 1));
  EXPECT_EQ(agent_.Stop().code, support::kDone);
}

TEST_F(AgentDiskTest, AReadOnlyDiskIsSaidToBeThatAndNothingIsLost) {
  ASSERT_TRUE(Mount(MS_RDONLY));
  const Ended refused = agent_.StartRefused();
  EXPECT_EQ(refused.code, support::kClientUnusable);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr(agent_.data()), HasSubstr("Read-only file system"), Not(HasSubstr("another agent"))));
  ASSERT_TRUE(Mount(0));
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(Knows(0));
  const Ended second = agent_.StartRefused();
  EXPECT_THAT(second.err, HasSubstr("another agent runs with it"));
  EXPECT_EQ(agent_.Stop().code, support::kDone);
}

TEST_F(AgentDiskTest, AFullDiskAtTheStartIsSaidToBeThat) {
  ASSERT_TRUE(disk_->FillUpTo(0));
  const Ended refused = agent_.StartRefused();
  EXPECT_EQ(refused.code, support::kClientUnusable);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(agent_.data()), HasSubstr("make room")));
  disk_->Empty();
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(Knows(0));
}

// ---- an agent that may keep no more ----

TEST_F(AgentFaultsTest, AnAgentThatIsFullAcknowledgesNothingNewByAnyWay) {
  const std::string config = certs::ReadFile(agent_.config());
  agent_.folder().Write("agent.yaml", absl::StrCat(config, "limits:\n  cases: 10\n"));
  ASSERT_TRUE(agent_.Start());
  for (int patient = 0; patient < 10; ++patient) ASSERT_TRUE(Take(patient));
  EXPECT_THAT(agent_.SendHl7(Discharge(10)), AllOf(HasSubstr("MSA|AR|M10"), HasSubstr("207")));
  EXPECT_EQ(PostMessage(), kUnavailable);
  EXPECT_NE(agent_.AddConsent(Number(10)).code, support::kDone);
  agent_.HandOver("more.hl7", Discharge(10));
  EXPECT_TRUE(agent_.WaitForLog("files are not taken now"));
  EXPECT_THAT(agent_.Log(), HasSubstr("the agent is full"));
  EXPECT_TRUE(Take(3)) << "what it knows it still takes";
  ASSERT_EQ(agent_.Stop().code, support::kDone);
  agent_.folder().Write("agent.yaml", config);
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(agent_.WaitForLog("files: a file was taken: 1 taken"));
  EXPECT_TRUE(Knows(10));
  EXPECT_EQ(PostMessage(), 200);
}

// ---- a store that is damaged ----

class AgentDamageTest : public AgentFaultsTest {
 protected:
  static constexpr int kPatients = 30;

  void SetUp() override {
    ASSERT_TRUE(agent_.Start());
    for (int patient = 0; patient < kPatients; ++patient) ASSERT_TRUE(Take(patient));
    ASSERT_EQ(agent_.Stop().code, support::kDone);
    ASSERT_TRUE(agent_.Start());  // what the log held is in a table now
    for (int patient = kPatients; patient < 2 * kPatients; ++patient) ASSERT_TRUE(Take(patient));
    ASSERT_EQ(agent_.Stop().code, support::kDone);
    fs::copy(Store(), Whole(), fs::copy_options::recursive);
  }
  fs::path Store() const { return agent_.data() + "/store"; }
  fs::path Whole() const { return agent_.folder().Path("whole"); }
  void PutBack() {
    fs::remove_all(Store());
    fs::copy(Whole(), Store(), fs::copy_options::recursive);
  }
  // The newest file of the store with this in its name.
  fs::path FileOf(const std::string& part) const {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(Store())) {
      const bool is_one = absl::StrContains(entry.path().filename().string(), part) && fs::file_size(entry) > 0;
      if (is_one && entry.path() > newest) newest = entry.path();
    }
    EXPECT_FALSE(newest.empty()) << part;
    return newest;
  }
  // In the file as it is, also where somebody has it open.
  static void Flip(const fs::path& file, uintmax_t place) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(place));
    const char flipped = static_cast<char>(bytes.get() ^ 0x20);
    bytes.seekp(static_cast<std::streamoff>(place));
    bytes.put(flipped);
    EXPECT_TRUE(bytes.good()) << file;
  }
};

TEST_F(AgentDamageTest, AFlippedByteIsFoundAtTheStartOrChangesNothing) {
  for (const std::string part : {".sst", ".log", "MANIFEST", "CURRENT"}) {
    for (const double where : {0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999}) {
      SCOPED_TRACE(absl::StrCat(part, " at ", where));
      PutBack();
      const fs::path file = FileOf(part);
      Flip(file, static_cast<uintmax_t>(static_cast<double>(fs::file_size(file)) * where));
      const Ended refused = support::RunProgram(
          {"/usr/bin/timeout", "2", support::ProgramPath("envej-region"), "agent", "--config", agent_.config()});
      if (absl::StrContains(refused.err, "agent: ready")) {
        ASSERT_TRUE(agent_.Start());
        for (int patient = 0; patient < 2 * kPatients; patient += 7) EXPECT_TRUE(Knows(patient)) << patient;
        EXPECT_TRUE(Knows(2 * kPatients - 1));
        EXPECT_EQ(agent_.Stop().code, support::kDone);
        continue;
      }
      EXPECT_EQ(refused.code, support::kClientUnusable) << refused.err;
      EXPECT_THAT(refused.err, AllOf(HasSubstr(agent_.data()), HasSubstr("put the store's backup in its place")));
    }
  }
  PutBack();
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(Knows(0));
  EXPECT_TRUE(Knows(2 * kPatients - 1));
}

TEST_F(AgentDamageTest, DamageThatIsMetWhileItRunsIsNeverAcknowledged) {
  ASSERT_TRUE(agent_.Start());
  for (const auto& entry : fs::directory_iterator(Store())) {
    if (entry.path().extension() != ".sst") continue;
    for (uintmax_t place = 0; place < fs::file_size(entry); place += 256) Flip(entry, place);
  }
  EXPECT_FALSE(Take(0)) << "who is known";
  EXPECT_THAT(PostWithdrawal(0), AnyOf(0, kUnavailable));
  EXPECT_TRUE(agent_.WaitForLog("put the store's backup in its place")) << agent_.Log();
  EXPECT_THAT(agent_.Log(), Not(HasSubstr(Number(0))));
  agent_.Signal(SIGKILL);
  agent_.Wait();  // or it has ended by itself, when it met the damage in its upkeep
  PutBack();
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(Take(0));
  EXPECT_TRUE(Knows(2 * kPatients - 1));
}

// ---- its secret ----

TEST_F(AgentFaultsTest, WithoutItsSecretItSaysWhichIsMissingAndTouchesNothing) {
  ASSERT_TRUE(agent_.Start());
  ASSERT_TRUE(Take(0));
  ASSERT_EQ(agent_.Stop().code, support::kDone);
  const std::string secret = certs::ReadFile(agent_.secret());

  fs::remove(agent_.secret());
  const Ended missing = agent_.StartRefused();
  EXPECT_EQ(missing.code, support::kClientUnusable);
  EXPECT_THAT(missing.err, HasSubstr(agent_.secret()));

  agent_.folder().Write("agent.secret", absl::StrCat(std::string(64, 'c'), "\n"));
  const Ended another = agent_.StartRefused();
  EXPECT_EQ(another.code, support::kClientUnusable);
  EXPECT_THAT(another.err, AllOf(HasSubstr(agent_.data()), HasSubstr("data.secret"), HasSubstr("former_secrets")));

  agent_.folder().Write("agent.secret", "no secret\n");
  EXPECT_THAT(agent_.StartRefused().err, HasSubstr("envej-certs secret"));
  agent_.folder().Write("agent.secret", secret, 0644);
  EXPECT_THAT(agent_.StartRefused().err, HasSubstr(agent_.secret()));

  agent_.folder().Write("agent.secret", secret);
  ASSERT_TRUE(agent_.Start());
  EXPECT_TRUE(Knows(0));
  EXPECT_EQ(agent_.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::system
