#include "broker/operations/console/trace_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class TraceTest : public testing::Test {
 protected:
  void SetUp() override {
    v1::NoticeTrace& trace = *server_.trace.add_traces();
    *trace.mutable_notice() = NoticeNumber(1);
    AddHop(trace, v1::EVENT_KIND_ACCEPTED, absl::Hours(3)).set_actor("1a2b3c4d");
    AddHop(trace, v1::EVENT_KIND_LEASED, absl::Hours(2)).set_actor("5e6f7a8b");
    AddHop(trace, v1::EVENT_KIND_OVERDUE, absl::Minutes(9)).set_lateness(v1::LATENESS_NOT_ACKNOWLEDGED);
  }

  static v1::TraceHop& AddHop(v1::NoticeTrace& trace, v1::EventKind kind, absl::Duration ago) {
    v1::TraceHop& hop = *trace.add_hops();
    hop.set_kind(kind);
    hop.set_revision(1);
    *hop.mutable_at() = Before(ago);
    return hop;
  }

  OperationsServer server_;
};

TEST_F(TraceTest, ShowsWhereANoticeIsAndItsHops) {
  const ProgramRun run = RunWith(server_, {"trace", NoticeIdNumber(1), "--municipality", "0101", "--region", "1081"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr(NoticeNameNumber(1)), HasSubstr("(3 h ago)    accepted         1  1a2b3c4d"),
                             HasSubstr("leased           1  5e6f7a8b"),
                             HasSubstr("(9 min ago)  overdue          1  the broker  not acknowledged\n"),
                             Not(HasSubstr("remembered"))));
  ASSERT_THAT(server_.traces_asked(), SizeIs(1));
  EXPECT_EQ(server_.traces_asked()[0].notice_id(), NoticeIdNumber(1));
  EXPECT_EQ(server_.traces_asked()[0].municipality_code(), "0101");
  EXPECT_EQ(server_.traces_asked()[0].region_code(), "1081");
}

TEST_F(TraceTest, TakesTheNameThatListsShowAndAnyCase) {
  const std::string name = absl::AsciiStrToUpper(NoticeNameNumber(10));
  ASSERT_NE(name, NoticeNameNumber(10));
  EXPECT_EQ(RunWith(server_, {"trace", name}).exit_code, ExitCode::kDone);
  ASSERT_THAT(server_.traces_asked(), SizeIs(1));
  EXPECT_EQ(server_.traces_asked()[0].notice_id(), NoticeIdNumber(10));
  EXPECT_EQ(server_.traces_asked()[0].municipality_code(), "0101");
  EXPECT_EQ(server_.traces_asked()[0].region_code(), "1081");
}

TEST_F(TraceTest, RefusesANameBesideItsParts) {
  const ProgramRun run = RunWith(server_, {"trace", NoticeNameNumber(1), "--region", "1082"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("names its municipality and region itself"));
  EXPECT_THAT(server_.traces_asked(), SizeIs(0));
}

TEST_F(TraceTest, ShowsEachOfSeveralAndSaysWhatIsNotRemembered) {
  *server_.trace.add_traces() = server_.trace.traces(0);
  server_.trace.mutable_traces(1)->mutable_notice()->set_region_code("1082");
  server_.trace.mutable_traces(1)->set_hops_left_out(4);
  EXPECT_THAT(RunWith(server_, {"trace", NoticeIdNumber(1)}).out,
              AllOf(HasSubstr("0101/1081/"), HasSubstr("0101/1082/"), HasSubstr("4 hops in the middle")));
}

TEST_F(TraceTest, WritesOneJsonDocument) {
  const nlohmann::json json =
      nlohmann::json::parse(RunWith(server_, {"trace", NoticeIdNumber(1), "--output", "json"}).out);
  EXPECT_EQ(json["traces"][0]["hops"][2]["lateness"], "LATENESS_NOT_ACKNOWLEDGED");
}

TEST_F(TraceTest, EscapesWhatTheBrokerSays) {
  server_.trace.mutable_traces(0)->mutable_hops(0)->set_actor("\x1b[2J");
  server_.trace.mutable_traces(0)->mutable_notice()->set_notice_id("\x1b]0;x\x07");
  EXPECT_THAT(RunWith(server_, {"trace", NoticeIdNumber(1)}).out, AllOf(HasSubstr("?[2J"), Not(HasSubstr("\x1b"))));
}

TEST_F(TraceTest, SaysThatThereIsNoSuchNotice) {
  server_.RefuseNextCall(contract::Reason::kNoticeNotFound);
  const ProgramRun run = RunWith(server_, {"trace", NoticeIdNumber(9)});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("no notice has this id here: check the id"));
}

TEST_F(TraceTest, RefusesWhatIsNoId) {
  EXPECT_EQ(RunWith(server_, {"trace", "not-an-id"}).exit_code, ExitCode::kUnusable);
  EXPECT_EQ(RunWith(server_, {"trace"}).exit_code, ExitCode::kUnusable);
}

}  // namespace
}  // namespace envej::console
