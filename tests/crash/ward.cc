#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "envej/v1/receipt.pb.h"
#include "tests/crash/clients.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::crash {
namespace {

constexpr int kWardKilled = 128 + SIGKILL;
constexpr std::chrono::milliseconds kKillWardWithin(120);
constexpr absl::Duration kProgram = absl::Seconds(90);
constexpr int kNotices = 20;  // in a file, at most

void ExpectDone(const support::Ended& ended) { EXPECT_EQ(ended.code, support::kDone) << ended.out << ended.err; }

}  // namespace

std::string NameOf(const std::string& id, uint32_t revision) {
  std::string letters;
  for (const char digit : id) {
    if (digit == '-') continue;
    letters += static_cast<char>(digit <= '9' ? 'g' + (digit - '0') : digit);
  }
  return absl::StrCat("Prove ", letters, std::string(revision, 'z'));
}

v1::Notice NewNamedNotice(const std::string& code) {
  v1::Notice notice = support::NewNotice(code);
  notice.mutable_citizen()->set_name(NameOf(notice.envelope().notice_id(), 1));
  return notice;
}

support::Ended RepeatedProgram::Once(const std::vector<std::string>& arguments) {
  support::Process process(arguments);
  if (killing_ && OneIn(2)) {
    std::this_thread::sleep_for(kill_within_ * UpTo(1000) / 1000);
    process.Signal(SIGKILL);
  }
  support::Ended ended = process.Wait(kProgram);
  if (ended.code == kWardKilled) ++killed_;
  return ended;
}

support::Ended RepeatedProgram::UntilDone(const std::vector<std::string>& arguments) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    support::Ended ended = Once(arguments);
    if (ended.code != kWardKilled && ended.code != support::kClientNotReached) return ended;
  }
  return {};
}

Ward::Ward(CrashLedger& ledger, Connection connection, std::vector<std::string> codes, unsigned seed,
           const std::atomic<bool>& killing)
    : ledger_(ledger),
      connection_(std::move(connection)),
      codes_(std::move(codes)),
      program_(seed, killing, kKillWardWithin) {}

void Ward::Round() {
  std::vector<v1::Notice> notices;
  for (int count = program_.UpTo(kNotices); count > 0; --count) {
    notices.push_back(NewNamedNotice(codes_[program_.random()() % codes_.size()]));
  }
  Submit(notices);
  std::vector<v1::Notice> revised;
  std::map<std::string, std::vector<std::string>> withdrawn;
  for (const v1::Notice& notice : notices) {
    if (program_.OneIn(4)) revised.push_back(notice);
    if (program_.OneIn(5)) withdrawn[notice.envelope().municipality_code()].push_back(notice.envelope().notice_id());
  }
  if (!revised.empty()) Revise(revised);
  for (const auto& [code, ids] : withdrawn) Withdraw(code, ids);
  if (program_.OneIn(3)) SubmitLate();
}

void Ward::Submit(const std::vector<v1::Notice>& notices) {
  for (const v1::Notice& notice : notices) {
    const v1::Envelope& envelope = notice.envelope();
    ledger_.Sending(envelope.notice_id(), envelope.municipality_code(), 1, notice.citizen().name());
  }
  ExpectDone(Run("submit", {Write(notices)}));
}

void Ward::Revise(std::vector<v1::Notice> notices) {
  for (v1::Notice& notice : notices) {
    const std::string& id = notice.envelope().notice_id();
    notice.mutable_envelope()->clear_revision();  // the program asks for the next
    notice.mutable_citizen()->set_name(NameOf(id, 2));
    ledger_.Sending(id, notice.envelope().municipality_code(), 2, notice.citizen().name());
  }
  ExpectDone(Run("revise", {Write(notices)}));
}

void Ward::Withdraw(const std::string& code, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) ledger_.Withdrawing(id, code);
  std::vector<std::string> arguments = ids;
  arguments.insert(arguments.end(), {"--municipality", code, "--reason", "consent-withdrawn"});
  ExpectDone(Run("withdraw", arguments));
}

void Ward::SubmitLate() {
  const v1::Notice notice = NewNamedNotice(codes_.front());
  Withdraw(codes_.front(), {notice.envelope().notice_id()});
  EXPECT_EQ(Run("submit", {Write({notice})}).code, support::kClientRefused)
      << "a withdrawal does not stop the late notice";
}

support::Ended Ward::Run(const std::string& command, const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {support::ProgramPath("envej-region"), command};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(),
             {"--receipts", connection_.folder + "/receipts.jsonl", "--deadline", "60s", "--progress", "never"});
  // A withdrawal names nobody, so it needs no secret to be recognised by.
  for (size_t index = 0; index < connection_.arguments.size(); ++index) {
    if (command == "withdraw" && connection_.arguments[index] == "--secret") {
      ++index;
    } else {
      all.push_back(connection_.arguments[index]);
    }
  }
  support::Ended ended = program_.UntilDone(all);
  ReadReceipts();
  EXPECT_TRUE(ended.code == support::kDone || ended.code == support::kClientRefused) << command << ": " << ended.err;
  return ended;
}

std::string Ward::Write(const std::vector<v1::Notice>& notices) {
  const std::string path = absl::StrCat(connection_.folder, "/notices-", ++files_, ".jsonl");
  std::ofstream file(path);
  for (const v1::Notice& notice : notices) {
    std::string line;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
    file << line << "\n";
  }
  return path;
}

void Ward::ReadReceipts() {
  std::ifstream file(connection_.folder + "/receipts.jsonl");
  file.seekg(receipts_read_);
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // not ended: nobody holds it yet
    receipts_read_ = file.tellg();
    v1::Receipt receipt;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &receipt).ok()) << line;
    if (receipt.withdrawal_reason() == v1::WITHDRAWAL_REASON_UNSPECIFIED) {
      ledger_.Accepted(receipt.notice_id(), receipt.revision());
    } else {
      ledger_.Withdrawn(receipt.notice_id());
    }
  }
}

}  // namespace envej::crash
