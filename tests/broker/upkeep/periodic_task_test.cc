#include "broker/upkeep/periodic_task.h"

#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace envej::upkeep {
namespace {

constexpr std::chrono::seconds kPatience(30);

TEST(PeriodicTaskTest, WorksAgainAndAgain) {
  const SystemClock clock;
  std::atomic<int> rounds{0};
  std::promise<void> third;
  PeriodicTask task(absl::ZeroDuration(), absl::Milliseconds(1), clock, [&](PeriodicTask&) {
    if (++rounds == 3) third.set_value();
  });
  EXPECT_EQ(third.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(PeriodicTaskTest, FirstRoundWaitsAndStopEndsTheWait) {
  const SystemClock clock;
  std::atomic<int> rounds{0};
  const absl::Duration before = clock.Elapsed();
  PeriodicTask task(absl::Hours(1), absl::ZeroDuration(), clock, [&](PeriodicTask&) { ++rounds; });
  task.Stop();
  EXPECT_EQ(rounds, 0);
  EXPECT_LT(clock.Elapsed() - before, absl::Seconds(30));
}

TEST(PeriodicTaskTest, StopEndsAWorkThatRests) {
  const SystemClock clock;
  std::promise<void> begun;
  std::optional<bool> rested;
  PeriodicTask task(absl::ZeroDuration(), absl::Hours(1), clock, [&](PeriodicTask& self) {
    EXPECT_TRUE(self.Rest(absl::Milliseconds(1)));
    EXPECT_FALSE(self.stopping());
    begun.set_value();
    rested = self.Rest(absl::Hours(1));
    EXPECT_TRUE(self.stopping());
  });
  ASSERT_EQ(begun.get_future().wait_for(kPatience), std::future_status::ready);
  task.Stop();
  EXPECT_EQ(rested, false);
}

}  // namespace
}  // namespace envej::upkeep
