// Senders that others wrote, as integration engines have them, to a real agent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/process.h"
#include "tests/wards/consumer.h"
#include "tests/wards/day_files.h"

namespace envej::wards {
namespace {

using support::Ended;
using support::RunProgram;
using testing::HasSubstr;

constexpr absl::Duration kInstallation = absl::Minutes(4);
constexpr absl::Duration kSending = absl::Minutes(4);  // of a day; each message is synced before it is answered

size_t Count(absl::string_view words, absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, words);
  return parts.size() - 1;
}

std::string PortOf(const std::string& address) { return address.substr(address.rfind(':') + 1); }

class SendersTest : public testing::Test {
 protected:
  // Packages are fetched again only when the lock file changes.
  static void SetUpTestSuite() {
    source_ = std::getenv("ENVEJ_SOURCE_DIRECTORY");
    tree_ = absl::StrCat(std::getenv("ENVEJ_BINARY_DIRECTORY"), "/../node-senders");
    std::filesystem::create_directories(tree_);
    for (const auto& entry : std::filesystem::directory_iterator(source_ + "/tests/wards/senders")) {
      if (!entry.is_regular_file()) continue;
      std::filesystem::copy_file(entry, tree_ / entry.path().filename(),
                                 std::filesystem::copy_options::overwrite_existing);
    }
    const std::filesystem::path installed = tree_ / "installed-lock.json";
    const std::string lock = certs::ReadFile(tree_ / "package-lock.json");
    if (std::filesystem::exists(installed) && certs::ReadFile(installed) == lock) return;
    const Ended ended = RunProgram(
        {"/bin/sh", "-c", "cd \"$0\" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error", tree_},
        kInstallation);
    ASSERT_EQ(ended.code, support::kDone) << ended.err;
    std::filesystem::copy_file(tree_ / "package-lock.json", installed,
                               std::filesystem::copy_options::overwrite_existing);
  }

  void SetUp() override {
    StartAgent("  patient_authority: hospital\n  wards: [P1]\n");
    const absl::CivilDay yesterday = absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()) - 1;
    const std::string day = absl::StrReplaceAll(contract::FormatDay(yesterday), {{"-", ""}});
    const std::string discharge = absl::StrReplaceAll(
        certs::ReadFile(source_ + "/region-client/examples/hl7/discharged.hl7"), {{"20270115", day}});
    broker_.folder().Write("right.hl7", discharge);
    broker_.folder().Write("wrong.hl7", absl::StrReplaceAll(discharge, {{"0001011234", ""}}));
  }

  // With what the site says of itself, in place of any before.
  void StartAgent(const std::string& site) {
    agent_.reset();
    const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion, "agent");
    listener_ = support::SharedAuthority().IssueFiles(broker_.folder(), "listener", certs::ServerRequest());
    broker_.folder().Write("agent.secret", absl::StrCat(std::string(64, 'b'), "\n"));
    const std::string config = broker_.folder().Write(
        "agent.yaml",
        absl::StrCat("broker:\n  address: ", connection[1], "\n  certificate: ", connection[3], "\n  key: ",
                     connection[5], "\n  authorities: ", connection[7], "\n  commitment_secret: commitment.secret\n",
                     "data:\n  folder: agent-data\n  secret: agent.secret\n", "site:\n", site,
                     "folders:\n  - name: register\n    folder: register\n",
                     "hl7:\n  - name: plain\n    elsewhere: {dispositions: [OVF]}\n    listen: ", plain_,
                     "\n  - name: tls\n    listen: ", tls_, "\n    tls:\n      certificate: listener.pem\n",
                     "      key: listener.key\n      authorities: listener.authorities.pem\n"));
    agent_ = std::make_unique<support::Process>(
        std::vector<std::string>{support::ProgramPath("envej-region"), "agent", "--config", config});
    ASSERT_TRUE(agent_->WaitForError([](const std::string& error) {
      return error.find("agent: ready") != std::string::npos;
    })) << agent_->Err();
  }

  Ended SendByNode(const std::string& address, const std::string& file,
                   const std::vector<std::string>& identity = {}) const {
    std::vector<std::string> arguments = {"/usr/bin/env", "node", tree_ / "send.js", PortOf(address),
                                          broker_.folder().Path(file)};
    arguments.insert(arguments.end(), identity.begin(), identity.end());
    return RunProgram(arguments, kSending);
  }
  Ended SendByPython(const std::string& file) const {
    return RunProgram(
        {"/usr/bin/mllp_send", "--loose", "--port", PortOf(plain_), "--file", broker_.folder().Path(file), "127.0.0.1"},
        kSending);
  }

  // As if 0851's agreement had never ended.
  void LetAllTakePart() const {
    const std::string participants = certs::ReadFile(broker_.folder().Path("participants.yaml"));
    broker_.folder().Write("participants.yaml",
                           absl::StrReplaceAll(participants, {{"last_day: 2020-12-31", "last_day: 2199-12-31"}}), 0644);
  }

  // By patient, what municipalities hold once it is that, or time is up.
  std::map<std::string, std::string> WhatIsHeldIn(const std::vector<std::unique_ptr<Consumer>>& consumers,
                                                  const std::map<std::string, std::string>& expected) {
    std::map<std::string, std::string> held;
    for (const absl::Time give_up = absl::Now() + absl::Minutes(2); held != expected && absl::Now() < give_up;) {
      absl::SleepFor(absl::Milliseconds(50));
      held.clear();
      for (const auto& consumer : consumers) {
        for (const auto& [id, notice] : consumer->fetched()) {
          if (!notice.holds.empty()) held.emplace(PatientOf(notice.phone), notice.holds);
        }
      }
    }
    return held;
  }

  static inline std::string source_;
  static inline std::filesystem::path tree_;
  support::BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()), .more = {}}};
  const std::string plain_ = support::FreeAddress(std::random_device{}());
  const std::string tls_ = support::FreeAddress(std::random_device{}());
  certs::TlsFiles listener_;
  std::unique_ptr<support::Process> agent_;
};

// One hospital's system has the one sender, the other's the other, both at once; then comes the register of consents.
TEST_F(SendersTest, TheDayComesFromBoth) {
  LetAllTakePart();
  ASSERT_TRUE(broker_.Start());
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (const char* const code : {"0101", "0147", "0851"})
    consumers.push_back(std::make_unique<Consumer>(broker_, code));
  StartAgent("  patient_authority: HOSP\n  wards: [P1, P2]\n");
  const absl::CivilDay yesterday = absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()) - 1;
  const std::vector<Arrival> arrivals = MakeDay(broker_.folder().Path("day"), yesterday);
  const auto messages_of = [&](const std::string& system) {
    std::string messages;
    for (const Arrival& arrival : arrivals) {
      if (absl::StrContains(arrival.bytes, absl::StrCat("|", system, "|"))) messages += arrival.bytes;
    }
    return messages;
  };
  broker_.folder().Write("a.hl7", messages_of("PAS-A"));
  broker_.folder().Write("b.hl7", messages_of("PAS-B"));
  Ended by_node;
  std::thread node([&] { by_node = SendByNode(plain_, "a.hl7"); });
  const Ended by_python = SendByPython("b.hl7");
  node.join();
  EXPECT_EQ(by_node.code, 0) << by_node.err;
  EXPECT_EQ(by_python.code, 0) << by_python.err;
  const auto messages = static_cast<size_t>(
      std::count_if(arrivals.begin(), arrivals.end(), [](const Arrival& arrival) { return arrival.is_message; }));
  const std::string answers = by_node.out + by_python.out;
  EXPECT_EQ(Count("MSA|AA|P", answers), messages);
  EXPECT_EQ(Count("MSA|", answers), messages);
  EXPECT_GT(Count("MSA|", by_node.out), 100u);
  EXPECT_GT(Count("MSA|", by_python.out), 100u);
  std::string consents;
  for (const Arrival& arrival : arrivals) {
    if (!arrival.is_message) absl::StrAppend(&consents, arrival.bytes, "\n");
  }
  std::filesystem::rename(broker_.folder().Write("consents.jsonl", consents),
                          broker_.folder().Path("register/consents.jsonl"));
  std::map<std::string, std::string> held;
  for (const auto& [patient, expected] : ReadLedger(yesterday)) {
    if (!expected.holds.empty()) held.emplace(patient, expected.holds);
  }
  // Asked again on the day of the withdrawal: that is for staff to say, and not for a register's list.
  EXPECT_EQ(held.erase("P65"), 1u);
  EXPECT_EQ(WhatIsHeldIn(consumers, held), held) << agent_->Err();
}

TEST_F(SendersTest, NodeIsToldWhatWasTakenAndWhatIsWrong) {
  EXPECT_THAT(SendByNode(plain_, "right.hl7").out, HasSubstr("MSA|AA|EXAMPLE-3"));
  const Ended wrong = SendByNode(plain_, "wrong.hl7");
  EXPECT_THAT(wrong.out, HasSubstr("MSA|AE|EXAMPLE-3")) << wrong.err;
  EXPECT_THAT(wrong.out, HasSubstr("ERR||PID^1^3|101"));
}

TEST_F(SendersTest, NodeShowsItsCertificateOverTls) {
  const certs::TlsFiles sender =
      support::SharedAuthority().IssueFiles(broker_.folder(), "sender", certs::ClientRequest("urn:hospital:pas"));
  const std::vector<std::string> identity = {sender.certificate_chain, sender.private_key, sender.authorities};
  const Ended right = SendByNode(tls_, "right.hl7", identity);
  EXPECT_THAT(right.out, HasSubstr("MSA|AA|EXAMPLE-3")) << right.err << agent_->Err();
  EXPECT_THAT(SendByNode(tls_, "wrong.hl7", identity).out, HasSubstr("MSA|AE|EXAMPLE-3"));
  EXPECT_THAT(agent_->Err(), HasSubstr("urn:hospital:pas"));
}

TEST_F(SendersTest, MllpSendIsToldWhatWasTakenAndWhatIsWrong) {
  const Ended right = SendByPython("right.hl7");
  EXPECT_THAT(right.out, HasSubstr("MSA|AA|EXAMPLE-3")) << right.err;
  EXPECT_THAT(SendByPython("wrong.hl7").out, HasSubstr("MSA|AE|EXAMPLE-3"));
}

}  // namespace
}  // namespace envej::wards
