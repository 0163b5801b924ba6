// envej-ops on a terminal of its own.
#include "broker/operations/console/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "broker/operations/console/output.h"
#include "tests/broker/operations/console/support/program_run.h"
#include "tests/broker/operations/console/support/terminal_run.h"

namespace envej::console {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr char kEnter[] = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr char kLeave[] = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr char kRed[] = "\x1b[1;31m";

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.status.set_broker("main");
    server_.status.set_can_write(true);
    for (int i = 0; i < 20; ++i) {
      v1::InboxStatus& inbox = *server_.inboxes.add_inboxes();
      inbox.set_municipality_code(absl::StrFormat("%04d", 101 + i));
      inbox.set_name("Ærø");
      inbox.set_participating(true);
      inbox.set_waiting(static_cast<uint64_t>(i));
    }
    server_.inboxes.mutable_inboxes(19)->set_overdue(3);
  }

  std::vector<std::string> Words(std::vector<std::string> words) const {
    const char* const programs = std::getenv("ENVEJ_BINARY_DIRECTORY");
    words.insert(words.begin(), absl::StrCat(programs == nullptr ? "." : programs, "/envej-ops"));
    const std::vector<std::string> connection = server_.Arguments();
    words.insert(words.end(), connection.begin(), connection.end());
    return words;
  }

  bool WaitForQuestions(size_t count) const {
    const absl::Time at_latest = absl::Now() + absl::Seconds(30);
    while (server_.inboxes_asked().size() < count && absl::Now() < at_latest) absl::SleepFor(absl::Milliseconds(20));
    return server_.inboxes_asked().size() >= count;
  }

  static bool IsAsBefore(const termios& settings) {
    return (settings.c_lflag & ICANON) != 0 && (settings.c_lflag & ECHO) != 0;
  }

  OperationsServer server_;
};

TEST_F(TerminalTest, TopShowsTroubleFirstAndGivesTheTerminalBackWhenItEnds) {
  TerminalRun top(Words({"top"}), {});
  ASSERT_TRUE(top.WaitFor("further inboxes")) << top.output();
  EXPECT_THAT(top.output(), HasSubstr(kEnter));
  EXPECT_FALSE(IsAsBefore(top.TerminalSettings()));
  const size_t trouble = top.output().find("0120  Ærø   3 overdue");
  ASSERT_NE(trouble, std::string::npos) << top.output();
  EXPECT_LT(trouble, top.output().find("0101  Ærø"));
  EXPECT_THAT(top.output(), HasSubstr("20 inboxes, 0 silent; 190 waiting"));
  EXPECT_THAT(top.output(), HasSubstr(kRed));
  top.Press("q");
  EXPECT_EQ(top.Wait(), 0);
  EXPECT_THAT(top.output(), EndsWith(kLeave));
  EXPECT_TRUE(IsAsBefore(top.TerminalSettings()));
}

TEST_F(TerminalTest, TopShowsWhatChangesAndWhenNobodyAnswers) {
  TerminalRun top(Words({"top"}), {});
  ASSERT_TRUE(top.WaitFor("broker writes; answered"));
  server_.Change([this] { server_.inboxes.mutable_inboxes(0)->set_undelivered(7); });
  EXPECT_TRUE(top.WaitFor("7 undelivered")) << top.output();
  server_.FailEveryCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, "\x1b[31mwords"));
  EXPECT_TRUE(top.WaitFor("NO ANSWER, what is below was so ")) << top.output();
  EXPECT_THAT(top.output(), Not(HasSubstr("words")));
  top.Forget();
  server_.FailEveryCall(grpc::Status::OK);
  EXPECT_TRUE(top.WaitFor("broker writes; answered")) << "it goes on by itself";
  top.Press("Q");
  EXPECT_EQ(top.Wait(), 0);
}

TEST_F(TerminalTest, TopFollowsTheSizeOfItsWindow) {
  TerminalRun top(Words({"top"}), {.rows = 50, .columns = 200});
  ASSERT_TRUE(top.WaitFor("0119  Ærø")) << top.output();
  EXPECT_THAT(top.output(), Not(HasSubstr("further")));
  top.Resize(10, 30);
  EXPECT_TRUE(top.WaitFor("q quits; 17 further inboxes wi\x1b")) << top.output();
  top.Resize(1, 1);
  top.Forget();
  EXPECT_TRUE(top.WaitFor("\x1b[H\x1b[1me\x1b[0m\x1b[K\x1b[J")) << top.output();
  top.Press("q");
  EXPECT_EQ(top.Wait(), 0);
}

TEST_F(TerminalTest, TopGivesTheTerminalBackOnSignals) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    TerminalRun top(Words({"top"}), {});
    ASSERT_TRUE(top.WaitFor("q quits"));
    kill(top.id(), number);
    EXPECT_EQ(top.Wait(), number == SIGINT ? 0 : 128 + number);
    EXPECT_THAT(top.output(), EndsWith(kLeave)) << number;
    EXPECT_TRUE(IsAsBefore(top.TerminalSettings())) << number;
  }
}

TEST_F(TerminalTest, TopGivesTheTerminalBackWhileItIsStopped) {
  TerminalRun top(Words({"top"}), {});
  ASSERT_TRUE(top.WaitFor("q quits"));
  top.Press("\x1a");  // control and z
  ASSERT_TRUE(top.WaitUntilStopped());
  EXPECT_TRUE(top.WaitFor(kLeave));
  EXPECT_TRUE(IsAsBefore(top.TerminalSettings()));
  top.Forget();
  kill(top.id(), SIGCONT);
  EXPECT_TRUE(top.WaitFor(kEnter));
  EXPECT_TRUE(top.WaitFor("q quits"));
  top.Press("\x03");  // control and c
  EXPECT_EQ(top.Wait(), 0);
}

TEST_F(TerminalTest, TopOutlastsATerminalThatIsHalted) {
  TerminalRun top(Words({"top"}), {});
  ASSERT_TRUE(top.WaitFor("broker writes; answered"));
  top.Press("\x13");  // control and s
  server_.Change([this] { server_.inboxes.mutable_inboxes(0)->set_undelivered(7); });
  EXPECT_TRUE(WaitForQuestions(server_.inboxes_asked().size() + 3)) << "it goes on asking";
  EXPECT_FALSE(top.WaitFor("7 undelivered", absl::Milliseconds(200)));
  top.Press("\x11");  // control and q
  EXPECT_TRUE(top.WaitFor("7 undelivered")) << top.output();
  top.Press("q");
  EXPECT_EQ(top.Wait(), 0);
  EXPECT_TRUE(IsAsBefore(top.TerminalSettings()));
}

TEST_F(TerminalTest, TopCanBeLeftWhileNobodyAnswersAtAll) {
  std::vector<std::string> words = Words({"top"});
  for (std::string& word : words) {
    if (word == server_.connection().broker) word = "127.0.0.1:1";
  }
  TerminalRun top(words, {});
  ASSERT_TRUE(top.WaitFor("q quits"));
  EXPECT_TRUE(top.WaitFor("NO ANSWER")) << top.output();
  top.Press("q");
  EXPECT_EQ(top.Wait(), 0);
}

TEST_F(TerminalTest, NoColourWhereNobodyWantsIt) {
  TerminalRun wanted(Words({"inboxes"}), {});
  EXPECT_EQ(wanted.Wait(), 0);
  EXPECT_THAT(wanted.output(), HasSubstr(kRed));
  TerminalRun unwanted(Words({"inboxes"}), {.rows = 24, .columns = 80, .environment = {"TERM=xterm", "NO_COLOR=1"}});
  EXPECT_EQ(unwanted.Wait(), 0);
  EXPECT_THAT(unwanted.output(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(unwanted.output(), HasSubstr("3 overdue"));
}

TEST_F(TerminalTest, TopSaysThatATerminalCannotBeDrawnOn) {
  TerminalRun dumb(Words({"top"}), {.rows = 24, .columns = 200, .environment = {"TERM=dumb"}});
  EXPECT_EQ(dumb.Wait(), static_cast<int>(ExitCode::kUnusable));
  EXPECT_THAT(dumb.output(), HasSubstr("envej-ops top needs a terminal"));
}

TEST_F(TerminalTest, RedriveAsksOnATerminal) {
  v1::OperationsNotice notice = NoticeNumber(1);
  notice.set_state(v1::NOTICE_STATE_PARKED);
  server_.pages = {{notice}};
  TerminalRun redrive(Words({"redrive", "--parked", "--municipality", "0101"}), {});
  ASSERT_TRUE(redrive.WaitFor("[y/N]"));
  redrive.Press("y\n");
  EXPECT_EQ(redrive.Wait(), 0);
  EXPECT_THAT(redrive.output(), HasSubstr("1 redriven"));
}

}  // namespace
}  // namespace envej::console
