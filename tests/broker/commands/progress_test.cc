#include "broker/commands/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/support/manual_clock.h"

namespace envej::commands {
namespace {

class ProgressTest : public testing::Test {
 protected:
  // Tells each tenth of a second how many of them have passed.
  std::string After(bool is_a_terminal, int tenths) {
    std::ostringstream out;
    Progress progress(out, is_a_terminal, clock_);
    for (int count = 1; count <= tenths; ++count) {
      clock_.Advance(absl::Milliseconds(100));
      progress.Tell([count] { return std::to_string(count) + " tenths"; });
    }
    progress.End();
    return out.str();
  }

  ManualClock clock_{absl::UnixEpoch()};
};

TEST_F(ProgressTest, SaysNothingOfWhatEndsSoon) {
  EXPECT_EQ(After(true, 9), "");
  EXPECT_EQ(After(false, 99), "");
}

TEST_F(ProgressTest, WritesOneLineOnATerminalOverAndOver) {
  EXPECT_EQ(After(true, 25), "\r\033[K10 tenths\r\033[K20 tenths\r\033[K");
}

TEST_F(ProgressTest, WritesPlainLinesElsewhere) {
  EXPECT_EQ(After(false, 250), "envej-broker: 100 tenths\nenvej-broker: 200 tenths\n");
}

}  // namespace
}  // namespace envej::commands
