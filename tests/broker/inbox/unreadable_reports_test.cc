#include "broker/inbox/unreadable_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace envej::inbox {
namespace {

using testing::SizeIs;

const absl::Time kReportedAt = absl::FromUnixSeconds(1'800'000'000);

class UnreadableReportsTest : public testing::Test {
 protected:
  void Tell(int times, absl::Time now) {
    for (int time = 0; time < times; ++time) reports_.Tell({}, absl::DataLossError("why"), now);
  }

  std::vector<UnreadableItem> told_;
  UnreadableReports reports_{[this](const UnreadableItem& item) { told_.push_back(item); }};
};

TEST_F(UnreadableReportsTest, TellsABoundedNumberInEachPeriodAndCountsTheRest) {
  Tell(UnreadableReports::kMost + 7, kReportedAt);
  EXPECT_THAT(told_, SizeIs(UnreadableReports::kMost));
  Tell(1, kReportedAt + UnreadableReports::kPeriod - absl::Milliseconds(1));
  EXPECT_THAT(told_, SizeIs(UnreadableReports::kMost));
  Tell(2, kReportedAt + UnreadableReports::kPeriod);
  ASSERT_THAT(told_, SizeIs(UnreadableReports::kMost + 2));
  EXPECT_EQ(told_[UnreadableReports::kMost].untold, 8u);
  EXPECT_EQ(told_.back().untold, 0u);
}

TEST_F(UnreadableReportsTest, IsNotSilencedByAClockThatGoesBack) {
  Tell(UnreadableReports::kMost, kReportedAt);
  Tell(1, kReportedAt - absl::Hours(1));
  EXPECT_THAT(told_, SizeIs(UnreadableReports::kMost + 1));
}

TEST_F(UnreadableReportsTest, NobodyNeedsToListen) {
  UnreadableReports(nullptr).Tell({}, absl::DataLossError("why"), kReportedAt);
}

}  // namespace
}  // namespace envej::inbox
