#include "broker/operations/console/notices_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "proto/contract/status_codec.h"
#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class NoticesTest : public testing::Test {
 protected:
  OperationsServer server_;
};

TEST_F(NoticesTest, ListsAllPagesAlsoEmptyOnes) {
  server_.pages = {{NoticeNumber(1)}, {}, {NoticeNumber(2), NoticeNumber(3)}};
  const ProgramRun run = RunWith(server_, {"notices"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  for (const unsigned number : {1, 2, 3}) EXPECT_THAT(run.out, HasSubstr(NoticeNameNumber(number)));
  EXPECT_THAT(server_.notices_asked(), SizeIs(3));
  const nlohmann::json json = nlohmann::json::parse(RunWith(server_, {"notices", "--output", "json"}).out);
  ASSERT_EQ(json["notices"].size(), 3u);
  EXPECT_EQ(json["notices"][2]["noticeId"], NoticeIdNumber(3));
  EXPECT_EQ(json["notices"][2]["leaseCount"], 0);
}

TEST_F(NoticesTest, AsksForWhatTheFiltersSay) {
  EXPECT_EQ(RunWith(server_, {"notices", "--municipality", "0101", "--region", "1081", "--state", "parked", "--state",
                              "waiting", "--late", "--older-than", "48h"})
                .exit_code,
            ExitCode::kDone);
  ASSERT_THAT(server_.notices_asked(), SizeIs(1));
  const v1::ListOperationsNoticesRequest asked = server_.notices_asked()[0];
  EXPECT_EQ(asked.municipality_code(), "0101");
  EXPECT_EQ(asked.region_code(), "1081");
  EXPECT_THAT(asked.states(), ElementsAre(v1::NOTICE_STATE_PARKED, v1::NOTICE_STATE_WAITING));
  EXPECT_TRUE(asked.late_only());
  EXPECT_EQ(asked.age_at_least().seconds(), 48 * 3600);
  EXPECT_EQ(asked.page_size(), 500);
}

TEST_F(NoticesTest, SaysInWordsWhatBecameOfThem) {
  v1::OperationsNotice notice = NoticeNumber(1);
  notice.set_state(v1::NOTICE_STATE_PARKED);
  notice.add_late(v1::LATENESS_NOT_FETCHED);
  notice.add_late(v1::LATENESS_PAST_DISCHARGE);
  notice.set_failure_count(20);
  notice.set_origin("ward-system");
  *notice.mutable_undelivered_told_at() = Before(absl::Minutes(5));
  notice.mutable_return_proposal()->set_proposed_by("urn:envej:operations:a\x1b[2J");
  notice.mutable_return_proposal()->set_proposal_id("6441c3a2b5f40");
  *notice.mutable_return_proposal()->mutable_expires_at() = Before(-absl::Hours(3) - absl::Seconds(5));
  server_.pages = {{notice}};
  EXPECT_THAT(
      RunWith(server_, {"notices"}).out,
      AllOf(HasSubstr("parked"), HasSubstr("(1 h ago)"), HasSubstr("not fetched in time, past discharge"),
            HasSubstr("told as undelivered"), HasSubstr("(5 min ago)"),
            HasSubstr("return proposed by urn:envej:operations:a?[2J, for another one to --confirm 6441c3a2b5f40"),
            HasSubstr("(in 3 h)"), HasSubstr("sent by ward-system"), Not(HasSubstr("\x1b"))));
}

TEST_F(NoticesTest, SaysThatThereIsNone) {
  EXPECT_EQ(RunWith(server_, {"notices"}).out, "no such notice\n");
  EXPECT_EQ(RunWith(server_, {"notices", "--output", "json"}).out, "{\"notices\":[]}\n");
}

TEST_F(NoticesTest, OverdueEndsWithOneIfThereIsAny) {
  const ProgramRun none = RunWith(server_, {"overdue"});
  EXPECT_EQ(none.exit_code, ExitCode::kDone);
  EXPECT_EQ(none.out, "nothing is late or undelivered\n");
  ASSERT_THAT(server_.notices_asked(), SizeIs(1));
  EXPECT_TRUE(server_.notices_asked()[0].late_only());
  server_.pages = {{NoticeNumber(1)}, {NoticeNumber(2)}};
  const ProgramRun some = RunWith(server_, {"overdue"});
  EXPECT_EQ(some.exit_code, ExitCode::kAttention);
  EXPECT_THAT(some.out, HasSubstr("\n2 notices are late or undelivered\n"));
  const ProgramRun json = RunWith(server_, {"overdue", "--output", "json"});
  EXPECT_EQ(json.exit_code, ExitCode::kAttention);
  EXPECT_EQ(nlohmann::json::parse(json.out)["notices"].size(), 2u);
}

TEST_F(NoticesTest, WhatTheBrokerLeavesOutIsNotNothing) {
  server_.left_out = 7;
  const ProgramRun none = RunWith(server_, {"overdue"});
  EXPECT_EQ(none.exit_code, ExitCode::kAttention);
  EXPECT_EQ(none.out, "7 more notices are late in these inboxes than the broker lists\n");
  server_.Change([&] { server_.pages = {{NoticeNumber(1)}, {NoticeNumber(2)}}; });
  EXPECT_THAT(RunWith(server_, {"overdue"}).out,
              HasSubstr("\n2 notices are late or undelivered\n7 more notices are late in these inboxes"));
  const ProgramRun json = RunWith(server_, {"overdue", "--output", "json"});
  EXPECT_EQ(json.exit_code, ExitCode::kAttention);
  EXPECT_EQ(nlohmann::json::parse(json.out)["leftOut"], "7");
}

TEST_F(NoticesTest, MoreThanATableShowsIsSaidAndNeverNothing) {
  std::vector<v1::OperationsNotice> full(500, NoticeNumber(1));
  server_.pages.assign(kTableRows / full.size(), full);
  EXPECT_EQ(RunWith(server_, {"notices"}).exit_code, ExitCode::kDone) << "just as many";
  server_.Change([&] { server_.pages.push_back({NoticeNumber(2)}); });
  const ProgramRun overdue = RunWith(server_, {"overdue"});
  EXPECT_EQ(overdue.exit_code, ExitCode::kAttention);
  EXPECT_THAT(overdue.out, AllOf(HasSubstr(NoticeNameNumber(1)), HasSubstr("\nmore than 10000 notices are late")));
  EXPECT_THAT(overdue.err, HasSubstr("these are the first 10000 notices of more"));
  EXPECT_EQ(RunWith(server_, {"notices"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_, {"notices", "--output", "json"}).exit_code, ExitCode::kDone);
}

TEST_F(NoticesTest, TriesAgainAtThePageThatFailed) {
  server_.pages = {{NoticeNumber(1)}, {NoticeNumber(2)}};
  server_.FailNextCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, "\x1b[2J"));
  const ProgramRun run = RunWith(server_, {"notices"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(server_.notices_asked(), SizeIs(3));
  EXPECT_THAT(run.err, AllOf(HasSubstr("does not answer (UNAVAILABLE): trying again until"), Not(HasSubstr("\x1b"))));
}

TEST_F(NoticesTest, WaitsQuietlyWhereItAsksFasterThanAgreed) {
  server_.FailNextCall(contract::ToGrpcStatus(
      {.reason = contract::Reason::kRateExceeded, .violations = {}, .retry_after = absl::Milliseconds(10)}));
  const ProgramRun run = RunWith(server_, {"notices"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.err, "");
}

TEST_F(NoticesTest, SaysWhyItIsRefused) {
  server_.RefuseNextCall(contract::Reason::kParticipantUnknown);
  const ProgramRun run = RunWith(server_, {"notices", "--region", "9999"});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_THAT(run.err, HasSubstr("PARTICIPANT_UNKNOWN: the register has no such participant"));
}

TEST_F(NoticesTest, SaysThatNobodyAnswers) {
  server_.FailEveryCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  const ProgramRun run = RunWith(server_, {"notices", "--deadline", "1s"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("could not be reached: check that it runs"));
  server_.FailEveryCall(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, ""));
  EXPECT_EQ(RunWith(server_, {"overdue"}).exit_code, ExitCode::kUnreachable);
}

TEST_F(NoticesTest, RefusesWrongArguments) {
  server_.pages = {{NoticeNumber(1)}, {NoticeNumber(2)}};
  const ProgramRun run = RunWith(server_, {"notices", "--state", "lost"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("one of acknowledged, leased"));
  EXPECT_EQ(RunWith(server_, {"notices", "--older-than", "yesterday"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_, {"notices", "--municipality", "København"}).exit_code, ExitCode::kUnusable);
  EXPECT_THAT(server_.notices_asked(), SizeIs(0));
}

}  // namespace
}  // namespace envej::console
