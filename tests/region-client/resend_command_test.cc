#include "region-client/resend_command.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"
#include "proto/contract/json_line.h"
#include "proto/contract/message_codec.h"
#include "region-client/json_fields.h"
#include "tests/region-client/support/submit_fixture.h"

namespace envej::region {
namespace {

using contract::Reason;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What a region has kept of one broker, to be sent again to another, which knows nothing.
class ResendCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& path : {receipts_, withdrawals_}) std::remove(path.c_str());
    std::ofstream(notices_) << LineNumber(1, now_) << LineNumber(2, now_) << LineNumber(3, now_);
  }

  // Submits three notices, and withdraws these. Their receipts are kept in files of their own.
  void Send(const std::vector<std::string>& withdrawn) {
    ASSERT_EQ(RunWith(lost_.address(), {"submit", notices_, "--receipts", receipts_}).exit_code, ExitCode::kDone);
    if (withdrawn.empty()) return;
    std::vector<std::string> withdraw = {"withdraw", "--municipality", "0101",      "--reason",
                                         "deceased", "--receipts",     withdrawals_};
    withdraw.insert(withdraw.end(), withdrawn.begin(), withdrawn.end());
    ASSERT_EQ(RunWith(lost_.address(), withdraw).exit_code, ExitCode::kDone);
  }
  ProgramRun Resend(std::vector<std::string> further = {}) {
    std::vector<std::string> arguments = {"resend", "--secret", "s", "--notices", notices_, "--receipts", receipts_};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return RunWith(broker_.address(), arguments);
  }
  // Where the broker says that the withdrawal of the second notice is.
  void ShowWithdrawal(v1::NoticeState state) {
    v1::NoticeStatus withdrawal;
    withdrawal.set_municipality_code("0101");
    withdrawal.set_notice_id(NoticeIdNumber(2));
    withdrawal.set_revision(2);
    withdrawal.set_kind(v1::ITEM_KIND_WITHDRAWAL);
    withdrawal.set_state(state);
    lost_.Show(withdrawal);
  }
  // What is still lacking after one.
  Lacking RoundOfAWatch() {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const Streams streams{.in = in, .out = out, .err = err};
    const Surroundings surroundings{
        .now = [] { return absl::Now(); }, .sleep = absl::SleepFor, .random = [] { return 0.5; }};
    const CommandContext context{.channel = grpc::CreateChannel(lost_.address(), grpc::InsecureChannelCredentials()),
                                 .broker = lost_.address(),
                                 .copenhagen = *contract::CopenhagenTimeZone(),
                                 .streams = streams,
                                 .surroundings = surroundings};
    const support::SealingWorld& world = IntakeServer::World();
    absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(
        {.tls = world.region_files(), .secret = world.secret_file(), .former_secrets = {}}, absl::Now());
    EXPECT_TRUE(sealer.ok()) << sealer.status();
    ResendOptions options;
    options.notices = {notices_};
    options.receipts = {receipts_, withdrawals_};
    options.deadline = absl::Seconds(30);
    return ResendLacking(options, context, *sealer, {.all = true, .names = {}});
  }
  // As if all in the file had been accepted so long ago.
  static void Age(const std::string& path, absl::Duration by) {
    std::string lines;
    for (const std::string& line : LinesOf(ReadAll(path))) {
      v1::Receipt receipt;
      ASSERT_THAT(ReadJson(line, receipt), IsEmpty());
      *receipt.mutable_accepted_at() = contract::ToMessage(contract::FromMessage(receipt.accepted_at()) - by);
      absl::StrAppend(&lines, contract::ToJsonLine(receipt), "\n");
    }
    std::ofstream(path) << lines;
  }

  const absl::Time now_ = absl::Now();
  const std::string prefix_ =
      absl::StrCat(testing::TempDir(), "resend_", testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string notices_ = prefix_ + "_notices.jsonl";
  const std::string receipts_ = prefix_ + "_receipts.jsonl";
  const std::string withdrawals_ = prefix_ + "_withdrawals.jsonl";
  IntakeServer lost_;
  IntakeServer broker_;
};

TEST_F(ResendCommandTest, ReceiptsOfSeveralFilesCountTogether) {
  Send({NoticeIdNumber(2)});
  const std::string withdrawals = ReadAll(withdrawals_);
  const ProgramRun run = Resend({"--receipts", withdrawals_});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.err, EndsWith("the broker has 0, sent again 3, refused 0, without a line 0, unsent 0\n"));
  ASSERT_THAT(broker_.withdrawals(), SizeIs(1));
  EXPECT_EQ(broker_.withdrawals()[0].notice_id(), NoticeIdNumber(2));
  EXPECT_THAT(broker_.requests(), SizeIs(1));
  EXPECT_EQ(broker_.requests()[0].notices_size(), 2) << "what was withdrawn is not submitted";
  ASSERT_THAT(LinesOf(ReadAll(receipts_)), SizeIs(4)) << "the first file gets what is new to it";
  EXPECT_THAT(LinesOf(ReadAll(receipts_))[3], HasSubstr("WITHDRAWAL_REASON_DECEASED"));
  EXPECT_EQ(ReadAll(withdrawals_), withdrawals);
  EXPECT_THAT(Resend({"--receipts", withdrawals_}).err, HasSubstr("the broker has 3, sent again 0"));
}

TEST_F(ResendCommandTest, AFileThatIsNotThereIsNamedAndNothingSent) {
  Send({});
  const ProgramRun run = Resend({"--receipts", withdrawals_});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_EQ(run.err, withdrawals_ + ": cannot be opened\n");
  EXPECT_THAT(broker_.requests(), IsEmpty());
  EXPECT_EQ(RunWith(broker_.address(), {"resend", "--secret", "s", "--notices", notices_}).exit_code,
            ExitCode::kUnusable);
}

TEST_F(ResendCommandTest, AReceiptThatIsJustBeingWrittenIsLeftOut) {
  Send({});
  const std::string last = LinesOf(ReadAll(receipts_)).back();
  std::ofstream(receipts_, std::ios::app) << last.substr(0, last.size() / 2);
  const ProgramRun run = Resend();
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.err, HasSubstr("sent again 3"));
  std::ofstream(withdrawals_) << last.substr(0, last.size() / 2) << "\n" << last << "\n";
  const ProgramRun spoilt = Resend({"--receipts", withdrawals_});
  EXPECT_EQ(spoilt.exit_code, ExitCode::kUnusable) << "in the middle it is nobody's";
  EXPECT_THAT(spoilt.err, HasSubstr(withdrawals_ + ": line 2"));
}

TEST_F(ResendCommandTest, WhatIsForgottenIsNeitherAskedForNorMadeAnew) {
  Send({NoticeIdNumber(1), NoticeIdNumber(2)});
  Age(receipts_, absl::Hours(24 * 230));
  Age(withdrawals_, absl::Hours(24 * 220));
  const ProgramRun run = Resend({"--receipts", withdrawals_});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(run.err,
            "the broker has 0, sent again 0, refused 0, without a line 0, unsent 0, older than ids are remembered 3\n");
  EXPECT_THAT(broker_.withdrawals(), IsEmpty());
  EXPECT_THAT(broker_.requests(), IsEmpty());
}

TEST_F(ResendCommandTest, TellsOnceWhichWithdrawalsGoUnsealed) {
  Send({NoticeIdNumber(1), NoticeIdNumber(2)});
  std::ofstream(notices_).close();
  broker_.GiveNoInboxCertificates();
  const ProgramRun run = Resend({"--receipts", withdrawals_});
  const size_t told =
      run.err.find("municipality 0101: the broker gives no inbox certificate: withdrawals are sent unsealed");
  ASSERT_NE(told, std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("sent unsealed", told + 100), std::string::npos) << run.err;
  ASSERT_THAT(broker_.withdrawals(), SizeIs(2));
  EXPECT_FALSE(broker_.withdrawals()[0].has_sealed());
}

// The broker answers it with its receipt, and has no certificate to seal it to.
TEST_F(ResendCommandTest, AWithdrawalThatStaysMissingIsNotSaidToBeSent) {
  Send({NoticeIdNumber(2)});
  ShowWithdrawal(v1::NOTICE_STATE_MISSING);
  const ProgramRun run = RunWith(lost_.address(), {"resend", "--secret", "s", "--notices", notices_, "--receipts",
                                                   receipts_, "--receipts", withdrawals_});
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_THAT(run.err, AllOf(HasSubstr("INBOX_CERTIFICATE_MISSING"),
                             HasSubstr("the broker has 2, sent again 0, refused 1, without a line 0, unsent 0\n")));
}

TEST_F(ResendCommandTest, AWatchTriesAgainWhatWaitsForAnInboxCertificate) {
  Send({NoticeIdNumber(2)});
  ShowWithdrawal(v1::NOTICE_STATE_MISSING);
  EXPECT_THAT(RoundOfAWatch().names, ElementsAre(testing::Pair("0101", NoticeIdNumber(2))));
  ShowWithdrawal(v1::NOTICE_STATE_WAITING);
  EXPECT_FALSE(RoundOfAWatch().any());
}

TEST_F(ResendCommandTest, SaysWhyItWaitsAndWritesNothingButJsonForMachines) {
  Send({});
  broker_.Refuse(NoticeIdNumber(1), Reason::kStorageNearlyFull, 2);
  const ProgramRun run = Resend({"--output", "json"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("refuses for now: STORAGE_NEARLY_FULL"), HasSubstr("takes what is new again")));
  EXPECT_THAT(LinesOf(run.out), SizeIs(3));
  for (const std::string& line : LinesOf(run.out)) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(ResendCommandTest, OneOfASucceededRegionsNoticesIsSentAloneUnderItsName) {
  Send({NoticeIdNumber(3)});
  const ProgramRun run = Resend({"--receipts", withdrawals_, "--notices-of", "1081"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(broker_.requests(), IsEmpty()) << "a batch names no region";
  EXPECT_THAT(broker_.submitted_for(), ElementsAre("1081", "1081"));
  EXPECT_THAT(broker_.withdrawn_for(), ElementsAre("1081"));
  EXPECT_EQ(run.sealing.notices_of, "1081");
}

// As one does that is too old to read whose it is.
TEST_F(ResendCommandTest, ABrokerThatTakesItForTheCallersOwnIsNotBelieved) {
  Send({});
  const std::string receipts = ReadAll(receipts_);
  const ProgramRun run = Resend({"--notices-of", "1084"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, AllOf(HasSubstr("RECEIPT_WRONG"), HasSubstr("sent again 0"), HasSubstr("unsent 3")));
  EXPECT_EQ(ReadAll(receipts_), receipts);
}

}  // namespace
}  // namespace envej::region
