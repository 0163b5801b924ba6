// envej-region revise: submit's way, for revisions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "region-client/revision_numbers.h"
#include "region-client/submission_client.h"
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

constexpr unsigned kRevised = 30;  // more than are under way at once
static_assert(kRevised > 2 * kCallsInFlight && kRevised > kNumbersTold);

std::vector<std::string> RevisedLines(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

class ReviseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string text;
    for (unsigned i = 1; i <= kRevised; ++i) text += LineNumber(i, now_);
    ASSERT_EQ(RunWith(server_.address(), {"submit", "-"}, text).exit_code, ExitCode::kDone);
  }

  // 0: the line says no revision.
  std::string Line(unsigned number, unsigned revision) const {
    v1::Notice notice = NoticeNumber(number, now_);
    notice.mutable_envelope()->set_revision(revision);
    notice.mutable_citizen()->set_phone_numbers(0, "+4530111111");
    return ToLine(notice);
  }
  std::string Lines(unsigned revision) const {
    std::string text;
    for (unsigned i = 1; i <= kRevised; ++i) text += Line(i, revision);
    return text;
  }

  ProgramRun Revise(const std::string& text, std::vector<std::string> further = {}) {
    further.insert(further.begin(), {"revise", "-"});
    return RunWith(server_.address(), further, text);
  }

  const absl::Time now_ = absl::Now();
  const certs::TestDirectory files_;
  IntakeServer server_;
};

TEST_F(ReviseTest, SendsEachRevisionSealedInACallOfItsOwn) {
  const ProgramRun run = Revise(Lines(2));
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(run.err, "accepted 30, already accepted 0, refused 0, unsent 0\n");
  EXPECT_THAT(RevisedLines(run.out), SizeIs(kRevised));
  EXPECT_EQ(nlohmann::json::parse(RevisedLines(run.out)[0])["revision"], 2);
  const std::vector<v1::Notice> sent = server_.revisions();
  ASSERT_THAT(sent, SizeIs(kRevised));
  for (const v1::Notice& notice : sent) {
    EXPECT_FALSE(notice.has_citizen());
    const std::optional<v1::Notice> opened = IntakeServer::World().Open(notice);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->citizen().phone_numbers(0), "+4530111111");
    EXPECT_EQ(opened->envelope().revision(), 2u);
  }
  EXPECT_GT(server_.most_in_flight(), 1);
  EXPECT_LE(server_.most_in_flight(), kCallsInFlight);
}

TEST_F(ReviseTest, RunAgainChangesNothingAndItsReceiptIsKeptOnce) {
  const std::vector<std::string> keep = {"--receipts", files_.Path("receipts.jsonl")};
  EXPECT_EQ(Revise(Lines(2), keep).exit_code, ExitCode::kDone);
  const std::string receipts = certs::ReadFile(files_.Path("receipts.jsonl"));
  const ProgramRun again = Revise(Lines(2), keep);
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_EQ(again.err, "accepted 0, already accepted 30, refused 0, unsent 0\n");
  EXPECT_THAT(RevisedLines(receipts), SizeIs(kRevised));
  EXPECT_EQ(certs::ReadFile(files_.Path("receipts.jsonl")), receipts);
}

TEST_F(ReviseTest, GivesTheNextNumberWhereTheLineSaysNoneAndSaysSo) {
  ASSERT_EQ(Revise(Line(1, 7)).exit_code, ExitCode::kDone);
  v1::Notice changed = NoticeNumber(1, now_);
  changed.mutable_envelope()->clear_revision();
  const ProgramRun run = Revise(ToLine(changed) + Line(2, 0));
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.err,
            "line 1: says no revision: sent as revision 8\n"
            "line 2: says no revision: sent as revision 2\n"
            "accepted 2, already accepted 0, refused 0, unsent 0\n");
}

TEST_F(ReviseTest, TheSameWithoutANumberIsNotRevisedTwice) {
  ASSERT_EQ(Revise(Line(1, 0)).exit_code, ExitCode::kDone);
  const ProgramRun again = Revise(Line(1, 0));
  EXPECT_EQ(again.exit_code, ExitCode::kDone);
  EXPECT_EQ(again.err,
            "line 1: says no revision: sent as revision 2\n"
            "accepted 0, already accepted 1, refused 0, unsent 0\n");
}

TEST_F(ReviseTest, TellsTheFirstNumbersAndCountsTheOthers) {
  EXPECT_THAT(Revise(Lines(0)).err, AllOf(HasSubstr("line 20: says"), Not(HasSubstr("line 21: says")),
                                          HasSubstr("and 10 more\n"), HasSubstr("accepted 30,")));
}

TEST_F(ReviseTest, WhatTheBrokerDoesNotKnowIsRefusedAndTheOthersAreRevised) {
  for (const unsigned revision : {0u, 2u}) {
    const ProgramRun run = Revise(Line(99, revision) + Line(1, revision));
    EXPECT_EQ(run.exit_code, ExitCode::kRefused);
    EXPECT_THAT(run.err, HasSubstr("line 1: refused: NOTICE_NOT_FOUND: "));
    EXPECT_THAT(run.err, HasSubstr(", refused 1, unsent 0\n"));
  }
}

TEST_F(ReviseTest, ChecksEachLineAsARevision) {
  const ProgramRun first = Revise(Line(1, 1));
  EXPECT_EQ(first.exit_code, ExitCode::kRefused);
  EXPECT_THAT(first.err, HasSubstr("line 1: refused: REVISION_OUT_OF_ORDER: "));
  EXPECT_THAT(Revise(Line(1, 2) + Line(1, 3)).err, HasSubstr("line 2: refused: NOTICE_ID_REUSED: "));
  v1::Notice without = NoticeNumber(2, now_);
  without.mutable_envelope()->set_revision(2);
  without.mutable_envelope()->mutable_consent()->clear_contact();
  EXPECT_THAT(Revise(ToLine(without)).err,
              AllOf(HasSubstr("line 1: refused: CONSENT_TO_CONTACT_MISSING: "),
                    HasSubstr("to take a notice back, run `envej-region withdraw`"), Not(HasSubstr("Mentor på vej"))));
  EXPECT_THAT(server_.revisions(), SizeIs(1));
}

TEST_F(ReviseTest, AStaleRevisionIsRefused) {
  ASSERT_EQ(Revise(Line(1, 5)).exit_code, ExitCode::kDone);
  const ProgramRun run = Revise(Line(1, 4), {"--output", "json"});
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_EQ(nlohmann::json::parse(RevisedLines(run.out).at(0))["reason"], "REVISION_STALE");
}

TEST_F(ReviseTest, TriesAgainUntilItIsAnsweredAndGivesUpAtTheDeadline) {
  server_.FailNextChange({grpc::StatusCode::UNAVAILABLE, ""}, /*carried_out=*/true);
  server_.FailNextChange(contract::ToGrpcStatus({.reason = Reason::kRateExceeded, .violations = {}}));
  const ProgramRun run = Revise(Lines(2));
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.err, EndsWith("accepted 29, already accepted 1, refused 0, unsent 0\n"));
  server_.FailNextCall({grpc::StatusCode::UNAVAILABLE, ""});  // of the question for the newest
  EXPECT_EQ(Revise(Line(3, 0)).exit_code, ExitCode::kDone);
  server_.FailEverySubmission(contract::ToGrpcStatus({.reason = Reason::kBrokerStopping, .violations = {}}));
  const ProgramRun gone = Revise(Line(1, 3), {"--deadline", "1s"});
  EXPECT_EQ(gone.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(gone.err, HasSubstr("unsent: BROKER_STOPPING: "));
}

TEST_F(ReviseTest, AReceiptThatProvesNothingDoesNotCount) {
  server_.SpoilReceipt(NoticeIdNumber(1));
  const ProgramRun run = Revise(Line(1, 2));
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, HasSubstr("unknown whether accepted: RECEIPT_WRONG: "));
}

}  // namespace
}  // namespace envej::region
