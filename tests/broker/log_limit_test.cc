#include "broker/log_limit.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace envej {
namespace {

class LogLimitTest : public testing::Test {
 protected:
  int AdmittedOf(int tries) {
    int admitted = 0;
    for (int tried = 0; tried < tries; ++tried) admitted += limit_.Admit().has_value() ? 1 : 0;
    return admitted;
  }

  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  LogLimit limit_{clock_};
};

TEST_F(LogLimitTest, AdmitsSoManyASecondAndThenSaysHowManyItLeftOut) {
  EXPECT_EQ(limit_.Admit(), std::optional<int64_t>(0));
  EXPECT_EQ(AdmittedOf(1000), LogLimit::kLinesASecond - 1);
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(limit_.Admit(), std::nullopt);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(limit_.Admit(), std::optional<int64_t>(1000 - (LogLimit::kLinesASecond - 1) + 1));
  EXPECT_EQ(limit_.Admit(), std::optional<int64_t>(0));
}

TEST_F(LogLimitTest, AClockThatIsSetBackDoesNotSilenceIt) {
  EXPECT_EQ(AdmittedOf(1000), LogLimit::kLinesASecond);
  clock_.Advance(-absl::Hours(1));
  EXPECT_EQ(AdmittedOf(1000), LogLimit::kLinesASecond);
}

}  // namespace
}  // namespace envej
