#include "region-client/withdraw_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "region-client/notice_ids.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using contract::Reason;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<std::string> LinesOf(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

class WithdrawTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = LineNumber(1, absl::Now()) + LineNumber(2, absl::Now());
    ASSERT_EQ(RunWith(server_.address(), {"submit", "-"}, text).exit_code, ExitCode::kDone);
  }

  ProgramRun Withdraw(std::vector<std::string> further, const std::string& in = "",
                      const std::string& reason = "consent-withdrawn") {
    further.insert(further.begin(), {"withdraw", "--municipality", "0101", "--reason", reason});
    return RunWith(server_.address(), further, in);
  }

  const certs::TestDirectory files_;
  IntakeServer server_;
};

TEST_F(WithdrawTest, WithdrawsUnderTheNextRevisionSealedAndSigned) {
  const ProgramRun run = Withdraw({NoticeIdNumber(1), NoticeIdNumber(2)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(run.err, "withdrawn 2, already withdrawn 0, refused 0, unsent 0\n");
  ASSERT_THAT(LinesOf(run.out), SizeIs(2));
  EXPECT_EQ(nlohmann::json::parse(LinesOf(run.out)[0])["withdrawalReason"], "WITHDRAWAL_REASON_CONSENT_WITHDRAWN");
  ASSERT_THAT(server_.withdrawals(), SizeIs(2));
  for (const v1::Withdrawal& sent : server_.withdrawals()) {
    EXPECT_EQ(sent.revision(), 2u);
    EXPECT_EQ(sent.municipality_code(), "0101");
    EXPECT_EQ(sent.contract_version(), 1u);
    EXPECT_TRUE(sent.has_created_at());
    EXPECT_TRUE(IntakeServer::World().Opens(sent));
    v1::Withdrawal other = sent;
    other.set_reason(v1::WITHDRAWAL_REASON_DECEASED);
    EXPECT_FALSE(IntakeServer::World().Opens(other));
  }
}

TEST_F(WithdrawTest, SaysEveryReason) {
  const std::vector<std::pair<std::string, v1::WithdrawalReason>> reasons = {
      {"consent-withdrawn", v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN},
      {"deceased", v1::WITHDRAWAL_REASON_DECEASED},
      {"not-in-target-group", v1::WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP},
      {"sent-in-error", v1::WITHDRAWAL_REASON_SENT_IN_ERROR},
      {"readmitted", v1::WITHDRAWAL_REASON_READMITTED}};
  unsigned number = 50;
  for (const auto& [name, reason] : reasons) {
    EXPECT_EQ(Withdraw({NoticeIdNumber(++number)}, "", name).exit_code, ExitCode::kDone);
    EXPECT_EQ(server_.withdrawals().back().reason(), reason);
  }
}

TEST_F(WithdrawTest, OneThatWasNeverSubmittedIsWithdrawnAsItsFirstRevision) {
  EXPECT_EQ(Withdraw({NoticeIdNumber(99)}).exit_code, ExitCode::kDone);
  EXPECT_EQ(server_.withdrawals().at(0).revision(), 1u);
}

TEST_F(WithdrawTest, RunAgainChangesNothingAndItsReceiptIsKeptOnce) {
  const std::vector<std::string> arguments = {NoticeIdNumber(1), "--receipts", files_.Path("receipts.jsonl")};
  EXPECT_EQ(Withdraw(arguments).exit_code, ExitCode::kDone);
  const std::string receipts = certs::ReadFile(files_.Path("receipts.jsonl"));
  EXPECT_THAT(LinesOf(receipts), SizeIs(1));
  const ProgramRun again = Withdraw(arguments, "", "deceased");
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_EQ(again.err, "withdrawn 0, already withdrawn 1, refused 0, unsent 0\n");
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(certs::ReadFile(files_.Path("receipts.jsonl")), receipts);
  EXPECT_THAT(server_.withdrawals(), SizeIs(1));
}

TEST_F(WithdrawTest, WhereARevisionComesInBetweenItAsksAgainButNotForEver) {
  server_.SlipInRevisions(NoticeIdNumber(1), kRevisionTries - 1);
  EXPECT_EQ(Withdraw({NoticeIdNumber(1)}).exit_code, ExitCode::kDone);
  EXPECT_EQ(server_.withdrawals().back().revision(), 1u + kRevisionTries);
  server_.SlipInRevisions(NoticeIdNumber(2), 1'000'000);
  const ProgramRun run = Withdraw({NoticeIdNumber(2)});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("unsent: REVISION_STALE: "));
  EXPECT_THAT(server_.withdrawals(), SizeIs(2 * kRevisionTries));
}

TEST_F(WithdrawTest, DoesNotWaitForACertificateAndSaysSoOnce) {
  server_.GiveNoInboxCertificates();
  const ProgramRun run = Withdraw({NoticeIdNumber(1), NoticeIdNumber(2)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(LinesOf(run.err), SizeIs(2));
  EXPECT_THAT(run.err, HasSubstr("municipality 0101: the broker gives no inbox certificate: withdrawals are sent "
                                 "unsealed"));
  ASSERT_THAT(server_.withdrawals(), SizeIs(2));
  EXPECT_FALSE(server_.withdrawals()[0].has_sealed());
}

TEST_F(WithdrawTest, IsRepeatedAsItWasWhenTheAnswerIsLost) {
  server_.FailNextChange({grpc::StatusCode::UNAVAILABLE, ""}, /*carried_out=*/true);
  const ProgramRun run = Withdraw({NoticeIdNumber(1)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(run.err, EndsWith("withdrawn 0, already withdrawn 1, refused 0, unsent 0\n"));
  ASSERT_THAT(server_.withdrawals(), SizeIs(2));
  EXPECT_EQ(server_.withdrawals()[0].SerializeAsString(), server_.withdrawals()[1].SerializeAsString());
}

TEST_F(WithdrawTest, TellsWhatIsRefusedUnsentAndUnknownByItsId) {
  server_.Refuse(NoticeIdNumber(1), Reason::kMunicipalityUnknown);
  const ProgramRun refused = Withdraw({NoticeIdNumber(1), NoticeIdNumber(2)});
  EXPECT_EQ(refused.exit_code, ExitCode::kRefused);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(NoticeIdNumber(1) + ": refused: MUNICIPALITY_UNKNOWN: "),
                                 HasSubstr("withdrawn 1, already withdrawn 0, refused 1, unsent 0\n")));
  server_.FailEverySubmission(contract::ToGrpcStatus({.reason = Reason::kBrokerStopping, .violations = {}}));
  const ProgramRun unsent = Withdraw({NoticeIdNumber(3), "--deadline", "1s"});
  EXPECT_EQ(unsent.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(unsent.err, HasSubstr("(1 of them, first " + NoticeIdNumber(3) + ")"));
  server_.FailEverySubmission({grpc::StatusCode::INTERNAL, ""});
  const ProgramRun unknown = Withdraw({NoticeIdNumber(4), "--output", "json"});
  EXPECT_EQ(unknown.exit_code, ExitCode::kUnreachable);
  const nlohmann::json line = nlohmann::json::parse(unknown.out);
  EXPECT_EQ(line["outcome"], "unknown");
  EXPECT_EQ(line["notice_id"], NoticeIdNumber(4));
  EXPECT_FALSE(line.contains("line"));
}

TEST_F(WithdrawTest, AReceiptThatProvesNothingDoesNotCount) {
  server_.SpoilReceipt(NoticeIdNumber(1));
  const ProgramRun run = Withdraw({NoticeIdNumber(1)});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, HasSubstr("RECEIPT_WRONG: "));
}

TEST_F(WithdrawTest, TakesIdsFromStandardInput) {
  const ProgramRun run = Withdraw({"-", "--output", "json"}, absl::StrCat(NoticeIdNumber(1), "\r\n\n ",
                                                                          NoticeIdNumber(2), "\n", NoticeIdNumber(1)));
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  ASSERT_THAT(LinesOf(run.out), SizeIs(2));
  const nlohmann::json line = nlohmann::json::parse(LinesOf(run.out)[1]);
  EXPECT_EQ(line["notice_id"], NoticeIdNumber(2));
  EXPECT_EQ(line["outcome"], "accepted");
  EXPECT_EQ(line["receipt"]["revision"], 2);
}

TEST_F(WithdrawTest, NamesWhatIsNoIdAndRepeatsNothingOfIt) {
  const auto unusable = [&](const ProgramRun& run) {
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
    EXPECT_THAT(run.err, Not(HasSubstr("Hemmelighed")));
    return run.err;
  };
  const std::string good = NoticeIdNumber(1);
  EXPECT_THAT(unusable(Withdraw({"-"}, good + "\nHemmelighed\n")), HasSubstr("standard input: line 2: a notice id is"));
  EXPECT_THAT(unusable(Withdraw({"-"}, good + std::string(2000, 'x'))), HasSubstr("line 1: a notice id is"));
  EXPECT_THAT(unusable(Withdraw({good, "Hemmelighed"})), HasSubstr("id 2: a notice id is"));
  EXPECT_THAT(unusable(Withdraw({"-"}, "\n \n")), HasSubstr("standard input: names no notices"));
  std::string many;
  for (unsigned i = 0; i <= kIdsMost; ++i) absl::StrAppend(&many, NoticeIdNumber(i), "\n");
  EXPECT_THAT(unusable(Withdraw({"-"}, many)), HasSubstr("more than 500 notices"));
  EXPECT_EQ(Withdraw({good}, "", "boredom").exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"withdraw", "--municipality", "0101", good}).exit_code, ExitCode::kUnusable);
  EXPECT_THAT(server_.withdrawals(), IsEmpty());
}

}  // namespace
}  // namespace envej::region
