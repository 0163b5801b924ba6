#include "region-client/outcome_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OutcomeTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = LineNumber(1, absl::Now()) + LineNumber(2, absl::Now());
    ASSERT_EQ(RunWith(server_.address(), {"submit", "-"}, text).exit_code, ExitCode::kDone);
    v1::NoticeStatus returned;
    returned.set_notice_id(NoticeIdNumber(1));
    returned.set_state(v1::NOTICE_STATE_RETURNED);
    server_.Show(returned);
  }

  ProgramRun Acknowledge(std::vector<std::string> further, const std::string& in = "") {
    further.insert(further.begin(), {"outcome", "acknowledge", "--municipality", "0101"});
    return RunWith(server_.address(), further, in);
  }

  IntakeServer server_;
};

TEST_F(OutcomeTest, SaysWhenTheOutcomeWasAcknowledged) {
  const ProgramRun run = Acknowledge({NoticeIdNumber(1)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("ACKNOWLEDGED"), HasSubstr(NoticeIdNumber(1) + "  2027-01-15 09:00:00")));
  const ProgramRun json = Acknowledge({"-", "--output", "json"}, NoticeIdNumber(1) + "\n");
  const nlohmann::json line = nlohmann::json::parse(json.out);
  EXPECT_EQ(line["outcome"], "acknowledged");
  EXPECT_EQ(line["notice_id"], NoticeIdNumber(1));
  EXPECT_EQ(line["acknowledged_at"], "2027-01-15T08:00:00+00:00");
}

TEST_F(OutcomeTest, WhatHasNoOutcomeIsRefusedAndTheOthersAreAcknowledged) {
  const ProgramRun run = Acknowledge({NoticeIdNumber(2), NoticeIdNumber(1), NoticeIdNumber(99)});
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_THAT(run.err, AllOf(HasSubstr(NoticeIdNumber(2) + ": OUTCOME_NOT_REACHED: "),
                             HasSubstr(NoticeIdNumber(99) + ": NOTICE_NOT_FOUND: ")));
  EXPECT_THAT(run.out, AllOf(HasSubstr(NoticeIdNumber(1)), Not(HasSubstr(NoticeIdNumber(2)))));
  const ProgramRun json = Acknowledge({NoticeIdNumber(2), "--output", "json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["reason"], "OUTCOME_NOT_REACHED");
}

TEST_F(OutcomeTest, TriesAgainAndGivesUpAtTheDeadline) {
  server_.FailNextChange({grpc::StatusCode::UNAVAILABLE, ""}, /*carried_out=*/true);
  EXPECT_EQ(Acknowledge({NoticeIdNumber(1)}).exit_code, ExitCode::kDone);
  server_.FailEverySubmission(contract::ToGrpcStatus({.reason = contract::Reason::kBrokerStopping, .violations = {}}));
  const ProgramRun run = Acknowledge({NoticeIdNumber(1), "--deadline", "1s"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr(NoticeIdNumber(1) + ": BROKER_STOPPING: "));
}

TEST_F(OutcomeTest, RefusesWrongArguments) {
  EXPECT_EQ(Acknowledge({"not-an-id"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(Acknowledge({}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"outcome"}).exit_code, ExitCode::kUnusable);
}

}  // namespace
}  // namespace envej::region
