#include "region-client/status_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class StatusTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string text;
    for (unsigned i = 1; i <= 7; ++i) text += LineNumber(i, absl::Now());
    ASSERT_EQ(RunWith(server_.address(), {"submit", "-"}, text).exit_code, ExitCode::kDone);
  }

  ProgramRun Status(std::vector<std::string> further) {
    further.insert(further.begin(), {"status", "--municipality", "0101"});
    return RunWith(server_.address(), further);
  }

  IntakeServer server_;
};

TEST_F(StatusTest, ShowsOneNotice) {
  const ProgramRun run = Status({NoticeIdNumber(3)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_THAT(run.out, AllOf(HasSubstr(NoticeIdNumber(3)), HasSubstr("waiting"), Not(HasSubstr(NoticeIdNumber(2)))));
}

TEST_F(StatusTest, ShowsOneNoticeWithItsReceiptAsJson) {
  const ProgramRun run = Status({NoticeIdNumber(3), "--output", "json"});
  const nlohmann::json json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["status"]["state"], "NOTICE_STATE_WAITING");
  EXPECT_EQ(json["receipt"]["noticeId"], NoticeIdNumber(3));
}

TEST_F(StatusTest, SaysInWordsWhatBecameOfIt) {
  v1::NoticeStatus late;
  late.set_notice_id(NoticeIdNumber(3));
  late.set_revision(4);
  late.set_state(v1::NOTICE_STATE_PARKED);
  late.set_kind(v1::ITEM_KIND_WITHDRAWAL);
  late.set_delivered_revision(3);
  late.set_withdrawal_reason(v1::WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP);
  late.add_late(v1::LATENESS_NOT_FETCHED);
  late.add_late(v1::LATENESS_PAST_DISCHARGE);
  late.set_failure_count(20);
  late.mutable_held_until()->set_seconds(1'800'000'000);
  late.mutable_undelivered_told_at()->set_seconds(1'800'000'060);
  late.mutable_outcome_acknowledged_at()->set_seconds(1'800'000'120);
  server_.Show(late);
  const ProgramRun run = Status({NoticeIdNumber(3)});
  EXPECT_THAT(run.out, AllOf(HasSubstr("withdrawal  parked"),
                             HasSubstr("revision 3 delivered; withdrawn: not in target group; late: not fetched; late: "
                                       "past discharge; 20 leases ran out; held until 2027-01-15 09:00:00; "
                                       "undelivered, told 2027-01-15 09:01:00; outcome acknowledged "
                                       "2027-01-15 09:02:00\n")));
  EXPECT_THAT(Status({"--state", "parked", "--output", "json"}).out, HasSubstr("LATENESS_NOT_FETCHED"));
  EXPECT_THAT(Status({"--state", "withdrawn", "--state", "undelivered", "--output", "json"}).out, IsEmpty());
}

TEST_F(StatusTest, SaysThatANoticeIsNotFound) {
  const ProgramRun run = Status({NoticeIdNumber(99)});
  EXPECT_EQ(run.exit_code, ExitCode::kRefused);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "municipality 0101 has no such notice of this region: check the id and the municipality\n");
}

TEST_F(StatusTest, ListsAllPages) {
  for (const int page_size : {2, 7, 500}) {
    server_.set_page_size(page_size);
    const ProgramRun table = Status({});
    EXPECT_EQ(table.exit_code, ExitCode::kDone);
    const std::vector<std::string> rows = absl::StrSplit(table.out, '\n', absl::SkipEmpty());
    EXPECT_THAT(rows, SizeIs(8));
    const ProgramRun json = Status({"--output", "json"});
    const std::vector<std::string> lines = absl::StrSplit(json.out, '\n', absl::SkipEmpty());
    ASSERT_THAT(lines, SizeIs(7));
    EXPECT_EQ(nlohmann::json::parse(lines[6])["noticeId"], NoticeIdNumber(7));
  }
}

TEST_F(StatusTest, WaitsWhereItListsFasterThanAgreed) {
  server_.FailNextCall(contract::ToGrpcStatus(
      {.reason = contract::Reason::kRateExceeded, .violations = {}, .retry_after = absl::Milliseconds(10)}));
  EXPECT_EQ(Status({}).exit_code, ExitCode::kDone);
}

TEST_F(StatusTest, FiltersByStateAndOrigin) {
  EXPECT_THAT(Status({"--state", "waiting", "--output", "json"}).out, Not(IsEmpty()));
  EXPECT_THAT(Status({"--state", "leased", "--state", "returned", "--output", "json"}).out, IsEmpty());
  EXPECT_THAT(Status({"--state", "leased", "--state", "waiting", "--output", "json"}).out, Not(IsEmpty()));
  EXPECT_THAT(Status({"--origin", "ward-system", "--output", "json"}).out, IsEmpty());
}

TEST_F(StatusTest, RefusesWrongArguments) {
  EXPECT_EQ(Status({"not-an-id"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(Status({"--state", "lost"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"status", "--municipality", "København"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_.address(), {"status"}).exit_code, ExitCode::kUnusable);
}

TEST_F(StatusTest, SaysWhatToDoWhenTheBrokerCannotBeReached) {
  const ProgramRun run = RunWith("127.0.0.1:1", {"status", "--municipality", "0101"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(run.err, HasSubstr("the broker at 127.0.0.1:1 could not be reached: check that it runs"));
}

}  // namespace
}  // namespace envej::region
