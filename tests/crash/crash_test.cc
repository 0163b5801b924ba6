// The real broker and the real programs on both its sides, killed at random moments, and a ledger outside.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/crash/clients.h"
#include "tests/crash/crash_ledger.h"
#include "tests/crash/kills.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/free_address.h"
#include "tests/support/notice_messages.h"
#include "tests/support/sanitizer.h"
#include "tests/support/skipped_time.h"

namespace envej::crash {
namespace {

using support::BrokerProcess;
using support::CallContext;

constexpr int kCyclesDefault = 20;
constexpr int kCyclesMost = 10'000;
constexpr size_t kUnderWayMost = support::kUnderSanitizer ? 100 : 600;
constexpr absl::Duration kDraining = support::kUnderSanitizer ? absl::Minutes(5) : absl::Minutes(2);
constexpr int kCyclesPerBackup = 5;  // of those under load, for one while the store is copied
constexpr int kCyclesPerUpkeep = 5;  // the same while it compacts, forgets or prunes
constexpr int kUpkeepMost = 20;      // but no more than these: each skips an hour
constexpr int kTriesMost = 10;       // until one of each kind has fallen inside

int Cycles() {
  const char* const text = std::getenv("ENVEJ_CRASH_CYCLES");
  int cycles = 0;
  const bool said = text != nullptr && absl::SimpleAtoi(text, &cycles) && cycles >= 1 && cycles <= kCyclesMost;
  return said ? cycles : kCyclesDefault;
}

int CyclesPerUpkeep() { return std::max(kCyclesPerUpkeep, Cycles() / kUpkeepMost); }

class CrashTest : public testing::Test {
 protected:
  Connection ConnectionOf(const std::string& name, std::vector<std::string> arguments, const std::string& inbox = "") {
    const std::string folder = broker_.folder().Path(name);
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    return {.arguments = std::move(arguments), .folder = folder, .inbox = inbox};
  }
  Connection WardOf(const std::string& name, const char* uri) {
    std::vector<std::string> arguments = broker_.RegionArguments(uri, name);
    IssueForLong(broker_, name, certs::ClientRequest(uri));
    return ConnectionOf(name, std::move(arguments));
  }
  Connection TeamOf(const std::string& name, const char* uri, const char* code) {
    return ConnectionOf(name, broker_.MunicipalityArguments(uri, name), code);
  }

  // A system of a region without our program: batch after batch, each until it is answered.
  void SubmitPlain(const char* uri, unsigned seed) {
    std::mt19937 random(seed);
    std::unique_ptr<v1::IntakeService::Stub> stub;
    while (!end_of_load_) {
      v1::SubmitNoticesRequest request;
      for (auto count = 1 + random() % 20; count > 0; --count) {
        v1::Notice notice = NewNamedNotice(random() % 2 == 0 ? support::kCode : support::kOtherCode);
        ledger_.Sending(notice.envelope().notice_id(), notice.envelope().municipality_code(), 1,
                        notice.citizen().name());
        *request.add_notices() = std::move(notice);
      }
      v1::SubmitNoticesResponse answer;
      grpc::Status status(grpc::StatusCode::UNAVAILABLE, "");
      while (!status.ok() && !end_of_load_) {
        // A channel of its own: one that lost its broker waits a second before it looks for it again.
        if (stub == nullptr) {
          stub = v1::IntakeService::NewStub(
              support::OpenChannel(settings_.listen, support::CredentialsFor({std::string(uri)})));
        }
        status = stub->SubmitNotices(CallContext(absl::Seconds(3)).get(), request, &answer);
        if (status.ok()) break;
        stub.reset();
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      for (const v1::SubmitNoticeResult& result : answer.results()) {
        EXPECT_TRUE(result.has_accepted()) << result.rejected().message();
        if (result.has_accepted()) ledger_.Accepted(result.notice_id(), 1);
      }
      WaitForRoom();
    }
  }
  void WaitForRoom() {
    while (ledger_.UnderWay() > kUnderWayMost && !end_of_load_)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  // What the broker says in the end of all notices of a region to a municipality.
  void States(const char* uri, const char* code, std::map<std::string, v1::NoticeState>& states) {
    const auto intake = broker_.Intake(uri);
    v1::ListNoticesRequest request;
    request.set_municipality_code(code);
    request.set_page_size(500);
    for (int page = 0; page < 10'000; ++page) {
      v1::ListNoticesResponse answer;
      grpc::Status status = intake->ListNotices(CallContext().get(), request, &answer);
      for (int wait = 0; wait < 100 && support::ReasonOf(status) == contract::Reason::kRateExceeded; ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        status = intake->ListNotices(CallContext().get(), request, &answer);
      }
      ASSERT_TRUE(status.ok()) << status.error_message();
      for (const v1::NoticeStatus& notice : answer.notices()) states[notice.notice_id()] = notice.state();
      if (answer.next_page_token().empty()) return;
      request.set_page_token(answer.next_page_token());
    }
  }
  // How many notices the broker and the ledger disagree about.
  size_t Disagreements() {
    size_t disagreements = 0;
    for (const char* const code : {support::kCode, support::kOtherCode}) {
      std::map<std::string, v1::NoticeState> states;
      States(support::kRegion, code, states);
      if (code == std::string(support::kCode)) States(support::kOtherRegion, code, states);
      for (const auto& [id, withdrawn] : ledger_.AcceptedFor(code)) {
        const v1::NoticeState expected = withdrawn ? v1::NOTICE_STATE_WITHDRAWN : v1::NOTICE_STATE_ACKNOWLEDGED;
        disagreements += states[id] == expected ? 0 : 1;
      }
    }
    return disagreements;
  }

  // Kills the broker under load, and now and then in the midst of something else.
  bool Cycle(int cycle, std::mt19937& random) {
    if (cycle % kCyclesPerBackup == 1 && !kills_->DuringBackup()) return false;
    if (cycle % CyclesPerUpkeep() == 3 && !KillDuringUpkeep(cycle / CyclesPerUpkeep() % 2 == 0)) return false;
    return random() % 3 == 0 ? kills_->UnderLoadAndWhileItStarts() : kills_->UnderLoad();
  }
  bool KillDuringUpkeep(bool of_content) {
    if (support::kUnderSanitizer) return true;
    return kills_->DuringUpkeep(of_content ? Kills::Upkeep::kCompaction : Kills::Upkeep::kRetention);
  }
  // Until each kind of kill has fallen inside at least once.
  bool CompleteKinds() {
    const Kills::Counts& counts = kills_->counts();
    bool serves = true;
    for (int tries = 0; serves && tries < kTriesMost; ++tries) {
      if (counts.start == 0) serves = kills_->UnderLoadAndWhileItStarts();
      if (serves && (counts.broker_in_backup == 0 || counts.backup == 0)) serves = kills_->DuringBackup();
      if (serves && counts.compaction == 0) serves = KillDuringUpkeep(true);
      if (serves && (counts.forgetting == 0 || counts.pruning == 0)) serves = KillDuringUpkeep(false);
    }
    return serves;
  }

  const unsigned seed_ = std::random_device()();
  const support::SkippedTime skipped_;
  const support::BrokerSettings settings_ = Kills::SettingsOf(support::FreeAddress(seed_), skipped_);
  BrokerProcess broker_{settings_};
  std::optional<Kills> kills_;
  CrashLedger ledger_;
  std::atomic<bool> killing_ = true;
  std::atomic<bool> end_of_load_ = false;
  std::atomic<bool> drained_ = false;
};

TEST_F(CrashTest, NothingAcceptedIsLostAndNothingAcknowledgedComesAgain) {
  std::cout << "seed " << seed_ << std::endl;
  std::mt19937 random(seed_);
  const int cycles = Cycles();
  kills_.emplace(broker_, skipped_, 2 + cycles / CyclesPerUpkeep(), seed_ + 7);
  ASSERT_TRUE(broker_.Start());
  const std::vector<std::string> both = {support::kCode, support::kOtherCode};
  std::vector<std::unique_ptr<Ward>> wards;
  wards.push_back(std::make_unique<Ward>(ledger_, WardOf("ward-1", support::kRegion), both, seed_ + 1, killing_));
  wards.push_back(std::make_unique<Ward>(ledger_, WardOf("ward-2", support::kOtherRegion),
                                         std::vector<std::string>{support::kCode}, seed_ + 2, killing_));
  std::vector<std::unique_ptr<MentorTeam>> teams;
  teams.push_back(std::make_unique<MentorTeam>(ledger_, TeamOf("team-1", support::kMunicipality, support::kCode),
                                               seed_ + 3, killing_));
  teams.push_back(std::make_unique<MentorTeam>(
      ledger_, TeamOf("team-2", support::kOtherMunicipality, support::kOtherCode), seed_ + 4, killing_));

  std::vector<std::thread> senders;
  for (const auto& ward : wards) {
    senders.emplace_back([this, &ward] {
      while (!end_of_load_) {
        ward->Round();
        WaitForRoom();
      }
    });
  }
  for (unsigned plain = 5; plain < 7; ++plain) {
    senders.emplace_back([this, plain] { SubmitPlain(support::kRegion, seed_ + plain); });
  }
  std::vector<std::thread> receivers;
  for (const auto& team : teams) {
    receivers.emplace_back([this, &team] {
      while (!drained_) team->Round(/*all=*/end_of_load_);
    });
  }

  bool serves = true;
  for (int cycle = 0; cycle < cycles && serves; ++cycle) serves = Cycle(cycle, random);
  serves = serves && CompleteKinds();
  killing_ = false;
  if (serves) kills_->ForgetTheRest();
  end_of_load_ = true;
  for (std::thread& sender : senders) sender.join();
  const absl::Time at_latest = absl::Now() + kDraining;
  while (serves && absl::Now() < at_latest && (ledger_.UnderWay() > 0 || Disagreements() > 0)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  drained_ = true;
  for (std::thread& receiver : receivers) receiver.join();

  const CrashLedger::Counts counts = ledger_.Count();
  const Kills::Counts& killed = kills_->counts();
  std::cout << absl::StrCat("broker killed under load ", killed.load, ", while it started ", killed.start,
                            ", while it was backed up ", killed.broker_in_backup, ", while it compacted ",
                            killed.compaction, ", while it forgot ", killed.forgetting, ", while it pruned ",
                            killed.pruning, "\n")
            << absl::StrCat("others killed: backup ", killed.backup, ", region ",
                            wards[0]->killed() + wards[1]->killed(), ", municipality ",
                            teams[0]->killed() + teams[1]->killed(), "\n")
            << absl::StrCat("revised ", counts.revised, ", withdrawn ", counts.withdrawn, ", altered ", counts.altered,
                            ", handed out after withdrawal ", counts.after_withdrawal, ", not told of a withdrawal ",
                            counts.not_erased, ", withdrawn between file and acknowledgement ",
                            counts.withdrawn_between, "\n")
            << absl::StrCat("cycles ", cycles, ", accepted ", counts.accepted, ", lost ", counts.lost, ", doubled ",
                            counts.doubled, ", wrong inbox ", counts.wrong_inbox)
            << std::endl;
  EXPECT_TRUE(serves);
  EXPECT_GT(counts.accepted, static_cast<size_t>(10 * cycles)) << "hardly any load";
  EXPECT_EQ(
      counts.lost + counts.doubled + counts.wrong_inbox + counts.altered + counts.after_withdrawal + counts.not_erased,
      0u)
      << absl::StrJoin(ledger_.Complaints(), "\n");
  EXPECT_EQ(Disagreements(), 0u);
  kills_->ExpectTheRestIsForgotten();
  kills_->ExpectNewestBackupRestores();
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  const support::Ended verified = kills_->VerifyJournal(broker_.config());
  EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
  EXPECT_TRUE(killed.start > 0 && killed.broker_in_backup > 0 && killed.backup > 0) << "not killed inside";
  EXPECT_TRUE(support::kUnderSanitizer || (killed.compaction > 0 && killed.forgetting > 0 && killed.pruning > 0))
      << "not killed inside";
}

}  // namespace
}  // namespace envej::crash
