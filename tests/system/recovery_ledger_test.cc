// A broker that many regions' programs write to is backed up, lost and restored; the programs send again by themselves,
// and a ledger outside says what became of every notice.

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/journal/mirror_folder.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/sanitizer.h"

namespace envej::system {
namespace {

namespace fs = std::filesystem;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;

constexpr int kClientsDefault = support::kUnderSanitizer ? 2 : 4;
constexpr int kClientsMost = 256;
constexpr int kRoundsMost = 100;  // files of each client; the first before the backup
constexpr int kNotices = 15;      // in a file
constexpr size_t kIdsMost = 500;

int Clients() {
  const char* const text = std::getenv("ENVEJ_RECOVERY_CLIENTS");
  int clients = 0;
  const bool said = text != nullptr && absl::SimpleAtoi(text, &clients) && clients >= 1 && clients <= kClientsMost;
  return said ? clients : kClientsDefault;
}

std::string ToLine(const v1::Notice& notice) {
  std::string line;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
  return line + "\n";
}

// The ids in a file of receipts, and the newest batch that one names.
struct Receipts {
  std::set<std::string> ids;
  uint64_t last_batch = 0;
};
Receipts ReadReceipts(const std::string& path) {
  Receipts receipts;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) continue;
    receipts.ids.insert(json.value("noticeId", ""));
    uint64_t batch = 0;
    EXPECT_TRUE(absl::SimpleAtoi(json["position"].value("batch", ""), &batch)) << line;
    receipts.last_batch = std::max(receipts.last_batch, batch);
  }
  return receipts;
}

// Does `act` for each client, all at once.
void AtOnce(int clients, const std::function<void(int client)>& act) {
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) threads.emplace_back([&act, client] { act(client); });
  for (std::thread& thread : threads) thread.join();
}

class RecoveryLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(mirror_);
    Start();
  }

  void Start() {
    ASSERT_TRUE(broker_.Start());
    region_ = broker_.RegionArguments(support::kRegion);
    connection_ = broker_.ConnectionArguments(support::kRegion);
    inbox_ = broker_.Inbox(support::kMunicipality);
  }

  std::string NoticesOf(int client, int round) const {
    return broker_.folder().Path(absl::StrCat("notices-", client, "-", round, ".jsonl"));
  }
  std::string ReceiptsOf(int client) const {
    return broker_.folder().Path(absl::StrCat("receipts-", client, ".jsonl"));
  }
  std::string withdrawals() const { return broker_.folder().Path("withdrawals.jsonl"); }

  Ended Region(std::vector<std::string> arguments, bool seals_notices = true) const {
    const std::vector<std::string>& connection = seals_notices ? region_ : connection_;
    arguments.insert(arguments.begin(), support::ProgramPath("envej-region"));
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    return support::RunProgram(arguments, absl::Minutes(3));
  }
  // One thread for each client.
  Ended Submit(int client, const std::string& deadline) {
    const int round = rounds_[static_cast<size_t>(client)]++;
    std::ofstream file(NoticesOf(client, round));
    for (int count = 0; count < kNotices; ++count) file << ToLine(support::NewNotice(kCode));
    file.close();
    return Region({"submit", NoticesOf(client, round), "--receipts", ReceiptsOf(client), "--deadline", deadline});
  }
  Ended Resend(const std::string& receipts, int client) const {
    std::vector<std::string> arguments = {"resend", "--receipts", receipts};
    for (int round = 0; round < rounds_[static_cast<size_t>(client)]; ++round) {
      arguments.insert(arguments.end(), {"--notices", NoticesOf(client, round)});
    }
    return Region(arguments);
  }
  Ended Broker(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), support::ProgramPath("envej-broker"));
    arguments.insert(arguments.end(), {"--config", broker_.config()});
    return support::RunProgram(arguments);
  }

  std::set<std::string> Accepted() const {
    std::set<std::string> ids;
    for (int client = 0; client < clients_; ++client) ids.merge(ReadReceipts(ReceiptsOf(client)).ids);
    return ids;
  }

  // Hands out so many, and acknowledges all but the last of them, which stays leased: the notices that it acknowledged.
  // Of those that are withdrawn it is told, if they were ever leased, or may have been by the lost store.
  std::set<std::string> Deliver(int most, bool all = false) {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_max_notices(most);
    request.mutable_lease_duration()->set_seconds(30);
    v1::PullNoticesResponse pulled;
    const grpc::Status status = inbox_->PullNotices(CallContext().get(), request, &pulled);
    EXPECT_TRUE(status.ok()) << status.error_message();
    v1::AcknowledgeNoticesRequest acknowledge;
    acknowledge.set_municipality_code(kCode);
    handed_out_ = pulled.items_size();
    const int count = std::max(0, handed_out_ - (all ? 0 : 1));
    std::set<std::string> withdrawn;
    for (int place = 0; place < count; ++place) {
      const v1::InboxItem& item = pulled.items(place);
      *acknowledge.add_leases() = item.lease().name();
      if (item.kind() == v1::ITEM_KIND_WITHDRAWAL) withdrawn.insert(item.lease().name().notice_id());
    }
    v1::AcknowledgeNoticesResponse answer;
    if (count > 0) {
      EXPECT_TRUE(inbox_->AcknowledgeNotices(CallContext().get(), acknowledge, &answer).ok());
    }
    std::set<std::string> ids;
    for (const v1::AcknowledgeNoticeResult& result : answer.results()) {
      EXPECT_TRUE(result.has_acknowledged_at()) << result.rejected().message();
      EXPECT_TRUE(ids.insert(result.lease().notice_id()).second);
    }
    for (const std::string& id : withdrawn) {
      EXPECT_TRUE(withdrawn_.contains(id)) << "withdrawn by nobody";
      ids.erase(id);
    }
    told_ += withdrawn.size();
    return ids;
  }

  // Withdraws so many of these, which were accepted and are not acknowledged.
  void Withdraw(const std::set<std::string>& ids, size_t count) {
    std::vector<std::string> arguments = {"withdraw",   "--municipality", kCode,        "--reason",
                                          "readmitted", "--receipts",     withdrawals()};
    for (const std::string& id : ids) {
      if (arguments.size() >= kIdsMost || count == 0) break;
      if (acknowledged_.contains(id) || withdrawn_.contains(id)) continue;
      arguments.push_back(id);
      withdrawn_.insert(id);
      --count;
    }
    const Ended ended = Region(arguments, /*seals_notices=*/false);
    EXPECT_EQ(ended.code, 0) << ended.err;
  }

  // Waits until the mirror has everything up to this batch.
  void WaitForMirror(uint64_t batch) {
    const absl::Time at_latest = absl::Now() + absl::Seconds(30);
    while (absl::Now() < at_latest) {
      for (const fs::directory_entry& folder : fs::directory_iterator(mirror_)) {
        const auto checkpoints = journal::ListCheckpoints(folder.path().string());
        if (checkpoints.ok() && !checkpoints->empty() && checkpoints->back().last_batch >= batch) return;
      }
      absl::SleepFor(absl::Milliseconds(50));
    }
    FAIL() << "the mirror does not get there";
  }

  const int clients_ = Clients();
  std::vector<int> rounds_ = std::vector<int>(static_cast<size_t>(clients_));  // files that each client has written
  BrokerProcess broker_{{.more = "journal: {mirror: mirror, checkpoint_seconds: 1}\n"
                                 "limits: {participant_notices_per_second: 100000, participant_burst: 100000}\n"}};
  const std::string mirror_ = broker_.folder().Path("mirror");
  std::vector<std::string> region_;
  std::vector<std::string> connection_;
  std::unique_ptr<v1::InboxService::Stub> inbox_;
  std::set<std::string> acknowledged_;
  std::set<std::string> withdrawn_;
  int handed_out_ = 0;  // by the last pull
  size_t told_ = 0;     // withdrawals that were delivered
};

TEST_F(RecoveryLedgerTest, TheLedgerAgreesAfterRegionsHaveSentAgain) {
  AtOnce(clients_, [this](int client) { EXPECT_EQ(Submit(client, "60s").code, 0); });
  acknowledged_ = Deliver(kNotices * clients_ / 3);
  const std::set<std::string> early = Accepted();
  Withdraw(early, static_cast<size_t>(clients_));

  // Backed up while all write.
  std::vector<std::thread> writers;
  std::atomic<int> files = 0;
  std::atomic<bool> lost_it = false;
  for (int client = 0; client < clients_; ++client) {
    writers.emplace_back([this, client, &files, &lost_it] {
      for (int round = 1; round < kRoundsMost && !lost_it; ++round, ++files) Submit(client, "1s");
    });
  }
  const std::string backups = broker_.folder().Path("backups");
  const Ended backed_up = Broker({"backup", "--to", backups, "--output", "json"});
  ASSERT_EQ(backed_up.code, 0) << backed_up.err;
  const std::string backup = nlohmann::json::parse(backed_up.out).value("backup", "");
  while (files < clients_) absl::SleepFor(absl::Milliseconds(5));  // each has written after the backup
  acknowledged_.merge(Deliver(kNotices * clients_ / 2));
  const std::set<std::string> written = Accepted();
  Withdraw(written, static_cast<size_t>(clients_));
  // What is acknowledged is mirrored; what is withdrawn or written after that may not be.
  WaitForMirror(ReadReceipts(withdrawals()).last_batch);
  Withdraw(written, static_cast<size_t>(clients_));
  broker_.Kill();
  lost_it = true;
  for (std::thread& writer : writers) writer.join();
  fs::remove_all(broker_.data());
  const std::set<std::string> accepted = Accepted();

  const Ended restored = Broker({"restore", "--from", backup, "--output", "json"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  Start();
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  v1::PullNoticesResponse none;
  EXPECT_EQ(support::ReasonOf(inbox_->PullNotices(CallContext().get(), pull, &none)),
            contract::Reason::kBrokerRecovering);
  AtOnce(clients_, [this](int client) {
    const Ended ended = Resend(ReceiptsOf(client), client);
    EXPECT_EQ(ended.code, 0) << ended.err;
  });
  const Ended ended = Resend(withdrawals(), 0);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(Resend(withdrawals(), 0).err, absl::StrCat("the broker has ", withdrawn_.size(),
                                                       ", sent again 0, refused 0, without a line 0, unsent 0\n"));
  EXPECT_EQ(Broker({"recovery", "accept"}).code, 0);
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));

  std::set<std::string> delivered;
  size_t doubled = 0;
  do {
    for (const std::string& id : Deliver(500, true)) doubled += delivered.insert(id).second ? 0 : 1;
  } while (handed_out_ > 0);
  size_t again = 0;
  size_t lost = 0;
  for (const std::string& id : delivered) again += acknowledged_.contains(id) || withdrawn_.contains(id) ? 1 : 0;
  for (const std::string& id : accepted) {
    lost += acknowledged_.contains(id) || withdrawn_.contains(id) || delivered.contains(id) ? 0 : 1;
  }
  const nlohmann::json said = nlohmann::json::parse(restored.out);
  std::cout << absl::StrCat("clients ", clients_, ", accepted ", accepted.size(), ", acknowledged before ",
                            acknowledged_.size(), ", withdrawn ", withdrawn_.size(), ", told of ", told_,
                            ", missing after the restore ", said.value("missing", 0), ", delivered after it ",
                            delivered.size(), ", lost ", lost, ", doubled ", doubled, ", delivered again ", again)
            << std::endl;
  EXPECT_EQ(lost, 0u);
  EXPECT_EQ(doubled, 0u);
  EXPECT_EQ(again, 0u);
  EXPECT_GT(said.value("missing", 0), 0);
  ASSERT_EQ(broker_.Stop().code, 0);
  const std::string authorities = broker_.folder().Write("verify.pem", support::SharedAuthority().CertificatePem());
  const Ended verified = Broker({"journal", "verify", "--authorities", authorities});
  EXPECT_EQ(verified.code, 0) << verified.out;
}

TEST_F(RecoveryLedgerTest, AWatchSendsAgainByItself) {
  ASSERT_EQ(Submit(0, "60s").code, 0);
  const std::string backups = broker_.folder().Path("backups");
  const Ended backed_up = Broker({"backup", "--to", backups, "--output", "json"});
  ASSERT_EQ(backed_up.code, 0) << backed_up.err;
  ASSERT_EQ(Submit(0, "60s").code, 0);
  WaitForMirror(ReadReceipts(ReceiptsOf(0)).last_batch);
  broker_.Kill();
  fs::remove_all(broker_.data());
  const Ended restored =
      Broker({"restore", "--from", nlohmann::json::parse(backed_up.out).value("backup", ""), "--wait", "0s"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  Start();
  std::vector<std::string> arguments = {support::ProgramPath("envej-region"), "watch", "--receipts", ReceiptsOf(0)};
  for (int round = 0; round < 2; ++round) arguments.insert(arguments.end(), {"--notices", NoticesOf(0, round)});
  arguments.insert(arguments.end(), region_.begin(), region_.end());
  support::Process watch(arguments);
  EXPECT_TRUE(watch.WaitForError(
      [](const std::string& err) { return err.find(absl::StrCat("sent again ", kNotices)) != std::string::npos; },
      absl::Seconds(60)))
      << watch.Err();
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Deliver(500, true).size(), size_t{2 * kNotices});
}

}  // namespace
}  // namespace envej::system
