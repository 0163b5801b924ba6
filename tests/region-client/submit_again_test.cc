// What envej-region submit does, and says, while a broker does not take what it is sent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "proto/contract/status_codec.h"
#include "tests/region-client/support/submit_fixture.h"

namespace envej::region {
namespace {

using contract::Reason;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;

constexpr char kAllAccepted[] = "accepted 3, already accepted 0, refused 0, unsent 0\n";
constexpr char kFull[] =
    "the broker at 127.0.0.1:[0-9]+ refuses for now: STORAGE_NEARLY_FULL: the broker's disk is nearly full: it takes "
    "nothing new for now; try again after the given delay; trying again until [0-9:]+\n";
constexpr char kGoesOn[] = "the broker at 127.0.0.1:[0-9]+ takes what is new again\n";

std::string IdsOf(const v1::SubmitNoticesRequest& request) {
  std::string ids;
  for (const v1::Notice& notice : request.notices()) absl::StrAppend(&ids, notice.envelope().notice_id(), " ");
  return ids;
}

TEST_F(SubmitTest, TriesAgainWithTheSameIdsAndLosesNone) {
  server_.FailNextCall({grpc::StatusCode::UNAVAILABLE, ""});
  server_.FailNextCall({grpc::StatusCode::DEADLINE_EXCEEDED, ""});
  server_.FailNextCall(contract::ToGrpcStatus({.reason = Reason::kBrokerBusy, .violations = {}}));
  const ProgramRun run = Submit(Lines(5));
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(run.err, EndsWith("accepted 5, already accepted 0, refused 0, unsent 0\n"));
  EXPECT_THAT(server_.accepted(), SizeIs(5));
  ASSERT_THAT(server_.requests(), SizeIs(4));
  for (const v1::SubmitNoticesRequest& request : server_.requests()) {
    EXPECT_EQ(request.SerializeAsString(), server_.requests()[0].SerializeAsString());
  }
}

TEST_F(SubmitTest, FindsANoticeAcceptedWhoseAnswerWasLost) {
  server_.FailNextCall({grpc::StatusCode::UNAVAILABLE, ""}, /*carried_out=*/true);
  const ProgramRun run = Submit(Lines(5));
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(run.err, EndsWith("accepted 0, already accepted 5, refused 0, unsent 0\n"));
  EXPECT_THAT(LinesOf(run.out), SizeIs(5));
}

TEST_F(SubmitTest, TriesOnlyThoseNoticesAgainThatNeedIt) {
  server_.Refuse(NoticeIdNumber(2), Reason::kBrokerBusy, 1);
  server_.Refuse(NoticeIdNumber(3), Reason::kBrokerStopping, 2);
  const ProgramRun run = Submit(Lines(4));
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(run.err, EndsWith("accepted 4, already accepted 0, refused 0, unsent 0\n"));
  const std::vector<v1::SubmitNoticesRequest> requests = server_.requests();
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(IdsOf(requests[1]), NoticeIdNumber(2) + " " + NoticeIdNumber(3) + " ");
  EXPECT_EQ(IdsOf(requests[2]), NoticeIdNumber(3) + " ");
}

TEST_F(SubmitTest, GivesUpAtTheDeadlineAndSaysWhatIsUnsent) {
  server_.FailEveryCall(contract::ToGrpcStatus({.reason = Reason::kBrokerStopping, .violations = {}}));
  const ProgramRun run = Submit(Lines(3), {"--deadline", "1s"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("unsent: BROKER_STOPPING: "));
  EXPECT_THAT(run.err, HasSubstr("(3 of them, first line 1)"));
  EXPECT_THAT(run.err, EndsWith("accepted 0, already accepted 0, refused 0, unsent 3\n"));
}

TEST_F(SubmitTest, SaysWhatIsUnknownWhereTheAnswerWasLost) {
  for (const auto code : {grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN, grpc::StatusCode::UNAVAILABLE}) {
    IntakeServer server;
    server.FailNextCall({code, ""}, /*carried_out=*/true);
    server.FailEverySubmission({code, ""});
    const ProgramRun run = RunWith(server.address(), {"submit", "-", "--deadline", "1s"}, Lines(3));
    EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
    EXPECT_THAT(run.err, HasSubstr("unknown whether accepted: "));
    EXPECT_THAT(run.err, HasSubstr("again; nothing is doubled by it (3 of them, first line 1)\n"));
    EXPECT_THAT(run.err, EndsWith("accepted 0, already accepted 0, refused 0, unsent 0, unknown 3\n"));
    EXPECT_THAT(server.accepted(), SizeIs(3));
    server.FailEverySubmission(grpc::Status::OK);
    const ProgramRun again = RunWith(server.address(), {"submit", "-"}, Lines(3));
    EXPECT_EQ(again.err, "accepted 0, already accepted 3, refused 0, unsent 0\n");
  }
}

TEST_F(SubmitTest, WhatWasOnceUnknownStaysSoUntilItIsAnswered) {
  server_.FailNextCall({grpc::StatusCode::UNAVAILABLE, ""}, /*carried_out=*/true);
  server_.FailEverySubmission(contract::ToGrpcStatus({.reason = Reason::kBrokerStopping, .violations = {}}));
  const ProgramRun run = Submit(Lines(2), {"--deadline", "1s", "--output", "json"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_EQ(nlohmann::json::parse(LinesOf(run.out).at(1))["outcome"], "unknown");
  EXPECT_EQ(nlohmann::json::parse(LinesOf(run.out).at(1))["reason"], "BROKER_STOPPING");
  EXPECT_THAT(run.err, EndsWith("unsent 0, unknown 2\n"));
}

TEST_F(SubmitTest, SaysWhatToDoWhenNobodyListens) {
  const ProgramRun run = RunWith("127.0.0.1:1", {"submit", "-", "--deadline", "1s"}, Lines(1));
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("unsent: UNAVAILABLE: the broker could not be reached: check that it runs"));
  EXPECT_THAT(run.err, EndsWith("accepted 0, already accepted 0, refused 0, unsent 1\n"));
  EXPECT_THAT(run.err, HasSubstr("the broker at 127.0.0.1:1 does not answer (UNAVAILABLE): trying again until "));
}

TEST_F(SubmitTest, DoesNotRetryWhatWillNotChange) {
  server_.FailEverySubmission(contract::ToGrpcStatus({.reason = Reason::kCallerKindNotAllowed, .violations = {}}));
  const ProgramRun refused = Submit(Lines(1));
  EXPECT_EQ(refused.exit_code, ExitCode::kRefused);
  EXPECT_THAT(refused.err, HasSubstr("line 1: refused: CALLER_KIND_NOT_ALLOWED: "));
  server_.FailEverySubmission({grpc::StatusCode::RESOURCE_EXHAUSTED, "too large"});
  const ProgramRun failed = Submit(Lines(1));
  EXPECT_EQ(failed.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(failed.err, HasSubstr("unknown whether accepted: RESOURCE_EXHAUSTED: "));
  EXPECT_THAT(server_.requests(), SizeIs(2));
}

// Once, however often it is tried; and what was accepted beside it does not mean that it goes on.
TEST_F(SubmitTest, SaysThatTheBrokersDiskIsNearlyFullAndWhenItGoesOn) {
  server_.Refuse(NoticeIdNumber(2), Reason::kStorageNearlyFull, 3);
  EXPECT_THAT(Submit(Lines(3)).err, MatchesRegex(absl::StrCat(kFull, kGoesOn, kAllAccepted)));
  for (int count = 0; count < 2; ++count) {
    server_.FailNextCall(contract::ToGrpcStatus({.reason = Reason::kStorageNearlyFull, .violations = {}}));
  }
  const ProgramRun run = Submit(LineNumber(4, now_) + LineNumber(5, now_) + LineNumber(6, now_), {"--output", "json"});
  EXPECT_THAT(run.err, MatchesRegex(absl::StrCat(kFull, kGoesOn, kAllAccepted)));
  for (const std::string& line : LinesOf(run.out)) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(SubmitTest, ADiskThatStaysNearlyFullIsNotSaidToGoOn) {
  server_.Refuse(NoticeIdNumber(1), Reason::kStorageNearlyFull);
  const ProgramRun run = Submit(Lines(1), {"--deadline", "5s"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, AllOf(HasSubstr("refuses for now: STORAGE_NEARLY_FULL"), Not(HasSubstr("takes what is new")),
                             EndsWith("unsent 1\n")));
}

TEST_F(SubmitTest, TheReasonOfAnotherWaitIsSaidAndThePaceIsNot) {
  server_.Refuse(NoticeIdNumber(1), Reason::kRateExceeded, 2);
  server_.Refuse(NoticeIdNumber(2), Reason::kBrokerBusy, 2);
  EXPECT_EQ(Submit(Lines(3)).err, kAllAccepted);
  server_.FailNextCall(contract::ToGrpcStatus({.reason = Reason::kBrokerRecovering, .violations = {}}));
  const ProgramRun run = Submit(LineNumber(4, now_));
  EXPECT_THAT(run.err, HasSubstr("refuses for now: BROKER_RECOVERING: the broker's store was restored"));
  EXPECT_THAT(run.err, Not(HasSubstr("does not answer")));
}

}  // namespace
}  // namespace envej::region
