#include "broker/operations/console/redrive_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RedriveTest : public testing::Test {
 protected:
  void Park(unsigned count) {
    server_.pages = {{}};
    for (unsigned number = 1; number <= count; ++number) {
      v1::OperationsNotice notice = NoticeNumber(number);
      notice.set_state(v1::NOTICE_STATE_PARKED);
      server_.pages[0].push_back(notice);
    }
  }

  ProgramRun RedriveParked(const RunSettings& settings, const std::vector<std::string>& further = {}) {
    std::vector<std::string> arguments = {"redrive", "--parked", "--municipality", "0101"};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return RunWith(server_, arguments, settings);
  }

  OperationsServer server_;
};

TEST_F(RedriveTest, SaysWhatBecameOfEach) {
  server_.unknown_ids = {NoticeIdNumber(2)};
  server_.idle_ids = {NoticeIdNumber(3)};
  const ProgramRun run = RunWith(server_, {"redrive", NoticeNameNumber(1), NoticeNameNumber(2), NoticeNameNumber(3)});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention) << "one was refused";
  EXPECT_THAT(run.out, AllOf(HasSubstr(NoticeNameNumber(1) + "  redriven\n"),
                             HasSubstr(NoticeNameNumber(2) + "  refused: NOTICE_NOT_FOUND: "),
                             HasSubstr(NoticeNameNumber(3) + "  nothing to do: neither parked nor held back\n"),
                             HasSubstr("\n1 redriven, 1 refused, 1 with nothing to do\n")));
  ASSERT_THAT(server_.redrives_asked(), SizeIs(1));
  EXPECT_EQ(server_.redrives_asked()[0].notices(0).region_code(), "1081");
}

TEST_F(RedriveTest, IsDoneWhereNothingIsRefused) {
  EXPECT_EQ(RunWith(server_, {"redrive", NoticeNameNumber(1)}).exit_code, ExitCode::kDone);
}

TEST_F(RedriveTest, AsksBeforeItRedrivesAllThatIsParked) {
  Park(2);
  const ProgramRun yes = RedriveParked({.in = "y\n", .in_is_terminal = true});
  EXPECT_EQ(yes.exit_code, ExitCode::kDone);
  EXPECT_THAT(yes.err, HasSubstr("Put 2 parked notices back into inbox 0101, to be handed out at once? [y/N] "));
  EXPECT_THAT(server_.redrives_asked(), SizeIs(1));
  ASSERT_THAT(server_.notices_asked(), SizeIs(1));
  EXPECT_THAT(server_.notices_asked()[0].states(), ElementsAre(v1::NOTICE_STATE_PARKED));
  for (const char* const answer : {"n\n", "\n", "", "yess\n"}) {
    const ProgramRun no = RedriveParked({.in = answer, .in_is_terminal = true});
    EXPECT_EQ(no.exit_code, ExitCode::kAttention);
    EXPECT_THAT(no.err, HasSubstr("nothing is redriven\n"));
  }
  EXPECT_THAT(server_.redrives_asked(), SizeIs(1));
}

TEST_F(RedriveTest, WantsYesSaidWhereNobodyCanBeAsked) {
  Park(2);
  const ProgramRun run = RedriveParked({.in = "y\n", .in_is_terminal = false});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("nothing is redriven without --yes"));
  EXPECT_THAT(server_.redrives_asked(), IsEmpty());
  EXPECT_EQ(RedriveParked({}, {"--yes"}).exit_code, ExitCode::kDone);
  EXPECT_THAT(server_.redrives_asked(), SizeIs(1));
}

TEST_F(RedriveTest, LeavesAloneWhatIsListedWithoutBeingParked) {
  Park(1);
  v1::OperationsNotice unreadable = NoticeNumber(7);
  unreadable.set_state(v1::NOTICE_STATE_UNREADABLE);
  server_.pages[0].push_back(unreadable);
  EXPECT_EQ(RedriveParked({}, {"--yes"}).exit_code, ExitCode::kDone);
  ASSERT_THAT(server_.redrives_asked(), SizeIs(1));
  EXPECT_EQ(server_.redrives_asked()[0].notices_size(), 1);
}

TEST_F(RedriveTest, HasNothingToDoWhereNothingIsParked) {
  const ProgramRun run = RedriveParked({});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.out, "nothing is parked in inbox 0101\n");
  EXPECT_EQ(RedriveParked({}, {"--output", "json"}).out, "{\"results\":[]}\n");
}

TEST_F(RedriveTest, SendsFiveHundredAtATimeAndTellsWhatIsDoneWhereACallFails) {
  Park(501);
  const ProgramRun all = RedriveParked({}, {"--yes", "--output", "json"});
  EXPECT_EQ(all.exit_code, ExitCode::kDone);
  EXPECT_EQ(nlohmann::json::parse(all.out)["results"].size(), 501u);
  ASSERT_THAT(server_.redrives_asked(), SizeIs(2));
  EXPECT_EQ(server_.redrives_asked()[0].notices_size(), 500);
  server_.FailNextCall(grpc::Status::OK);  // the list
  server_.FailNextCall(grpc::Status::OK);  // the first 500
  server_.FailNextCall(grpc::Status(grpc::StatusCode::INTERNAL, "\x1b[2J"));
  const ProgramRun half = RedriveParked({}, {"--yes"});
  EXPECT_EQ(half.exit_code, ExitCode::kUnreachable);
  EXPECT_THAT(half.out, HasSubstr("500 redriven, 0 refused"));
  EXPECT_THAT(half.err, AllOf(HasSubstr("failed: tell operations"), HasSubstr("of 501 notices, those above are done")));
}

TEST_F(RedriveTest, DoesNotSayNothingToDoOfWhatTheTryBeforeMayHaveDone) {
  server_.idle_ids = {NoticeIdNumber(1)};
  server_.FailNextCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  EXPECT_THAT(RunWith(server_, {"redrive", NoticeNameNumber(1)}).out,
              HasSubstr("nothing to do, or done by the try before"));
}

TEST_F(RedriveTest, RefusesWrongArguments) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"redrive"},
                                             {"redrive", "0101/1081"},
                                             {"redrive", "--parked"},
                                             {"redrive", "--municipality", "0101"},
                                             {"redrive", NoticeNameNumber(1), "--yes"},
                                             {"redrive", NoticeNameNumber(1), "--parked", "--municipality", "0101"}}) {
    const ProgramRun run = RunWith(server_, wrong);
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable) << testing::PrintToString(wrong);
    EXPECT_NE(run.err, "");
  }
  EXPECT_THAT(server_.redrives_asked(), IsEmpty());
}

}  // namespace
}  // namespace envej::console
