#include "region-client/prove_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "region-client/line_file.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr unsigned kNotices = 40;  // more than are asked for at once
static_assert(kNotices > 2 * kAskedAtOnce && kNotices > kNamedMost);

class ProveTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string text;
    for (unsigned i = 1; i <= kNotices; ++i) text += LineNumber(i, absl::Now());
    const ProgramRun submitted = RunWith(server_.address(), {"submit", "-"}, text);
    ASSERT_EQ(submitted.exit_code, ExitCode::kDone);
    receipts_ = submitted.out;
  }

  void GiveProofs() {
    for (unsigned i = 1; i <= kNotices; ++i) server_.GiveProof(NoticeIdNumber(i));
  }

  ProgramRun Prove(const std::vector<std::string>& further = {}) {
    std::vector<std::string> arguments = {"receipts", "prove", files_.Write("receipts.jsonl", receipts_)};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return RunWith(server_.address(), arguments);
  }

  static std::vector<nlohmann::json> Lines(const std::string& text) {
    std::vector<nlohmann::json> lines;
    for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      lines.push_back(nlohmann::json::parse(line.begin(), line.end()));
    }
    return lines;
  }

  const certs::TestDirectory files_;
  IntakeServer server_;
  std::string receipts_;
};

TEST_F(ProveTest, WritesTheProofOfEachReceiptInTheFilesOrder) {
  GiveProofs();
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(run.err, "40 proofs, 0 not yet, 0 refused\n");
  const std::vector<nlohmann::json> receipts = Lines(receipts_);
  const std::vector<nlohmann::json> answers = Lines(run.out);
  ASSERT_EQ(answers.size(), receipts.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i]["receipt"], receipts[i]);
    EXPECT_TRUE(answers[i].contains("checkpointProof"));
  }
}

TEST_F(ProveTest, ThoseWithoutAProofYetHaveACodeOfTheirOwn) {
  GiveProofs();
  receipts_ += receipts_;
  for (unsigned i = 50; i <= 51; ++i) {
    const ProgramRun submitted = RunWith(server_.address(), {"submit", "-"}, LineNumber(i, absl::Now()));
    receipts_ = submitted.out + receipts_;
  }
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kNotYet);
  EXPECT_EQ(Lines(run.out).size(), 2 * kNotices);
  EXPECT_THAT(run.err, AllOf(HasSubstr("receipts.jsonl: line 1: has no proof yet\n"), HasSubstr("line 2: has no"),
                             HasSubstr("80 proofs, 2 not yet, 0 refused\n"), HasSubstr("in some minutes\n")));
}

TEST_F(ProveTest, NamesTheFirstAndCountsTheOthers) {
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kNotYet);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, AllOf(HasSubstr("line 20: "), Not(HasSubstr("line 21: ")), HasSubstr("and 20 more\n")));
}

TEST_F(ProveTest, AReceiptThatTheBrokerDoesNotHaveIsRefusedAndTheOthersAreProven) {
  GiveProofs();
  server_.ReplaceReceipt(NoticeIdNumber(7));
  std::string stranger = receipts_.substr(0, receipts_.find('\n') + 1);
  stranger = Replaced(stranger, NoticeIdNumber(1), NoticeIdNumber(99));
  receipts_ += stranger;
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_EQ(Lines(run.out).size(), kNotices - 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("line 7: the broker has another receipt of this notice\n"),
                             HasSubstr("line 41: NOTICE_NOT_FOUND"), HasSubstr("39 proofs, 0 not yet, 2 refused\n")));
}

TEST_F(ProveTest, WhereANoticeWasRevisedOrWithdrawnItsNewestReceiptIsProven) {
  GiveProofs();
  v1::Notice revised = NoticeNumber(1, absl::Now());
  revised.mutable_envelope()->set_revision(2);
  receipts_ += RunWith(server_.address(), {"revise", "-"}, ToLine(revised)).out;
  receipts_ +=
      RunWith(server_.address(), {"withdraw", "--municipality", "0101", "--reason", "deceased", NoticeIdNumber(2)}).out;
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.err,
            "40 proofs, 0 not yet, 0 refused, 2 replaced by a revision or withdrawal, whose receipt is the one "
            "proven\n");
  const std::vector<nlohmann::json> answers = Lines(run.out);
  ASSERT_EQ(answers.size(), kNotices);
  EXPECT_EQ(answers[kNotices - 2]["receipt"]["revision"], 2);
  EXPECT_EQ(answers[kNotices - 1]["receipt"]["withdrawalReason"], "WITHDRAWAL_REASON_DECEASED");
}

TEST_F(ProveTest, ACallThatFailsForNowIsMadeAgain) {
  GiveProofs();
  for (int failures = 0; failures < 20; ++failures) {
    server_.FailNextCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, "away"));
  }
  server_.FailNextCall(contract::ToGrpcStatus({.reason = contract::Reason::kRateExceeded, .violations = {}}));
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(Lines(run.out).size(), kNotices);
  EXPECT_THAT(run.err, HasSubstr("does not answer (UNAVAILABLE): trying again until"));
}

TEST_F(ProveTest, GivesUpWhereTheBrokerStaysAwayAndSaysWhere) {
  server_.FailEveryCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, "away"));
  const ProgramRun run = Prove({"--deadline", "1s"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("receipts.jsonl: line 1 could not be asked about: the broker at"));
}

TEST_F(ProveTest, ACallerWhoMayNotAskStopsAtOnce) {
  server_.FailEveryCall(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no"));
  const ProgramRun run = Prove();
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, AllOf(HasSubstr("line 1 could not be asked about"), HasSubstr("refuses this certificate"),
                             Not(HasSubstr("trying again"))));
}

TEST_F(ProveTest, NothingIsAskedOfAFileThatIsNotOneOfReceipts) {
  GiveProofs();
  const std::string good = receipts_;
  const auto unusable = [&] {
    const ProgramRun run = Prove();
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
    EXPECT_EQ(run.out, "");
    return run.err;
  };
  receipts_ = "\n";
  EXPECT_THAT(unusable(), HasSubstr("receipts.jsonl: holds no receipts\n"));
  for (const std::string line : {"marmalade", "{}"}) {
    receipts_ = good + line;
    EXPECT_THAT(unusable(), AllOf(HasSubstr("line 41 is not a receipt\n"), Not(HasSubstr("marmalade"))));
  }
  receipts_ = good + std::string(kLongestLine + 1, ' ');
  EXPECT_THAT(unusable(), HasSubstr("line 41 is too long\n"));
  EXPECT_EQ(RunWith(server_.address(), {"receipts", "prove", files_.Path("none")}).exit_code, ExitCode::kUnusable);
  EXPECT_THAT(RunWith(server_.address(), {"receipts", "prove", "/dev/null"}).err, HasSubstr("not an ordinary file"));
  // An end that is missing, and a longest line, are none.
  receipts_ = good.substr(0, good.size() - 1);
  receipts_ += std::string(kLongestLine - (receipts_.size() - receipts_.rfind('\n') - 1), ' ');
  EXPECT_EQ(Prove().exit_code, ExitCode::kDone);
}

TEST_F(ProveTest, DrawsHowFarItHasCome) {
  GiveProofs();
  const ProgramRun run = Prove({"--progress", "always"});
  EXPECT_THAT(run.err, AllOf(HasSubstr("] 16/40"), HasSubstr("] 40/40")));
}

}  // namespace
}  // namespace envej::region
