#include "broker/operations/console/top_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "proto/contract/day.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const absl::Time kShownAt = absl::FromUnixSeconds(1'800'000'000);

std::vector<std::string> Screen(const TopState& state, const ScreenSize& size, bool colour = false) {
  return TopScreen(state, "localhost:8443", size, colour, contract::CopenhagenTimeZone().value(), kShownAt);
}

TopState StateOf(int inboxes) {
  TopState state;
  state.status.set_broker("main");
  state.status.set_can_write(true);
  state.answered_at = kShownAt - absl::Seconds(1);
  for (int i = 0; i < inboxes; ++i) {
    v1::InboxStatus& inbox = state.inboxes.emplace_back();
    inbox.set_municipality_code(absl::StrFormat("%04d", 101 + i));
    inbox.set_name("Ærøskøbing");
    inbox.set_participating(true);
  }
  return state;
}

TEST(TopScreenTest, FitsEverySize) {
  TopState state = StateOf(98);
  state.inboxes[50].set_silent(true);
  for (const size_t rows : {1, 2, 5, 7, 8, 24, 60, 200}) {
    for (const size_t columns : {1, 20, 80, 300}) {
      const std::vector<std::string> lines = Screen(state, {.rows = rows, .columns = columns});
      EXPECT_LE(lines.size(), rows);
      for (const std::string& line : lines) EXPECT_LE(contract::TerminalColumns(line), columns) << line;
    }
  }
}

TEST(TopScreenTest, ShowsWhatFitsWithTroubleFirstAndSaysWhatDoesNot) {
  TopState state = StateOf(98);
  state.inboxes[97].set_silent(true);
  state.inboxes[96].set_overdue(1);
  state.inboxes[96].set_name("\x1b[2J");
  const std::vector<std::string> lines = Screen(state, {.rows = 17, .columns = 200});
  ASSERT_THAT(lines, SizeIs(17));
  EXPECT_THAT(lines[0], AllOf(StartsWith("envej-ops top  main at localhost:8443  2027-01-15 09:00:00")));
  EXPECT_EQ(lines[1], "broker writes; answered 1 s ago");
  EXPECT_THAT(lines[2], StartsWith("98 inboxes, 1 silent;"));
  EXPECT_THAT(lines[5], StartsWith("CODE  NAME"));
  EXPECT_THAT(lines[6], AllOf(StartsWith("0198  Ærøskøbing"), HasSubstr("SILENT")));
  EXPECT_THAT(lines[7], StartsWith("0197  ?[2J "));
  EXPECT_EQ(lines[16], "q quits; 88 further inboxes with less trouble: a higher window shows more");
  EXPECT_THAT(lines, Each(Not(HasSubstr("\x1b"))));
  EXPECT_EQ(Screen(state, {.rows = 200, .columns = 80}).back(), "q quits");
}

TEST(TopScreenTest, ShowsWhomToPhoneOnANarrowTerminal) {
  TopState state = StateOf(1);
  state.inboxes[0].set_overdue(2);
  state.inboxes[0].mutable_on_call()->set_name("Vagten");
  state.inboxes[0].mutable_on_call()->set_phone_number("+4520000000");
  EXPECT_THAT(Screen(state, {.rows = 24, .columns = 80})[6], HasSubstr("2 overdue        0  +4520000000 Vagten"));
}

TEST(TopScreenTest, AgesOfInboxesAreByTheBrokersClock) {
  TopState state = StateOf(1);
  state.broker_ahead = absl::Hours(5);
  state.inboxes[0].set_silent(true);
  state.inboxes[0].mutable_silent_since()->set_seconds(
      absl::ToUnixSeconds(kShownAt + state.broker_ahead - absl::Minutes(25)));
  EXPECT_THAT(Screen(state, {.rows = 24, .columns = 200}),
              AllOf(Contains(HasSubstr("SILENT for 25 min")), Contains(HasSubstr("answered 1 s ago"))));
}

TEST(TopScreenTest, SaysWhatIsWrongWithTheBroker) {
  TopState state = StateOf(1);
  state.status.set_can_write(false);
  state.status.mutable_store()->set_nearly_full(true);
  EXPECT_EQ(Screen(state, {})[1], "BROKER CANNOT WRITE, DISK NEARLY FULL");
  EXPECT_EQ(Screen(state, {}, true)[1], "\x1b[1;31mBROKER CANNOT WRITE, DISK NEARLY FULL\x1b[0m");
}

TEST(TopScreenTest, KeepsWhatWasSaidLastWhileNobodyAnswers) {
  TopState state = StateOf(1);
  state.failure = "the broker at localhost:8443 could not be reached";
  const ScreenSize wide = {.rows = 24, .columns = 200};
  const std::vector<std::string> lines = Screen(state, wide);
  EXPECT_EQ(lines[1], "NO ANSWER, what is below was so 1 s ago: the broker at localhost:8443 could not be reached")
      << absl::StrJoin(lines, "\n");
  EXPECT_THAT(lines[2], StartsWith("1 inbox,"));
  state.answered_at.reset();
  EXPECT_EQ(Screen(state, wide)[1], "NO ANSWER, the broker at localhost:8443 could not be reached");
}

TEST(TopScreenTest, SaysThatItAsksBeforeAnythingIsKnown) {
  const std::vector<std::string> lines = Screen({}, {});
  EXPECT_EQ(lines[1], "asking the broker");
  EXPECT_EQ(lines.back(), "q quits");
}

}  // namespace
}  // namespace envej::console
