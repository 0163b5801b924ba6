#include "broker/operations/durations.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/manual_clock.h"

namespace envej::operations {
namespace {

const absl::Time kMeasuredFrom = absl::FromUnixSeconds(1'800'000'000);

TEST(DurationsTest, WithoutAnyThereAreNoPercentiles) {
  const ManualClock clock(kMeasuredFrom);
  const HourOfDurations durations(clock);
  const Percentiles read = durations.Read();
  EXPECT_EQ(read.count, 0u);
  EXPECT_FALSE(read.p50.has_value());
  EXPECT_FALSE(read.p99.has_value());
}

TEST(DurationsTest, APercentileIsAtMostAThirtySecondPartBesideTheTruth) {
  const ManualClock clock(kMeasuredFrom);
  for (absl::Duration least = absl::Microseconds(100); least < absl::Hours(24 * 20); least *= 7) {
    HourOfDurations durations(clock);
    for (int number = 1; number <= 100; ++number) durations.Add(least * (1.0 + number / 100.0));
    const Percentiles read = durations.Read();
    ASSERT_EQ(read.count, 100u);
    const auto expect_near = [&](const std::optional<absl::Duration>& told, double truth) {
      ASSERT_TRUE(told.has_value());
      EXPECT_LE(std::abs(absl::FDivDuration(*told, least) - truth), truth / 32) << least;
    };
    expect_near(read.p50, 1.50);
    expect_near(read.p95, 1.95);
    expect_near(read.p99, 1.99);
  }
}

TEST(DurationsTest, WhatIsOutsideOfItsRangeCountsAsTheNearestOfIt) {
  const ManualClock clock(kMeasuredFrom);
  HourOfDurations durations(clock);
  durations.Add(-absl::Seconds(1));
  durations.Add(absl::ZeroDuration());
  durations.Add(absl::InfiniteDuration());
  const Percentiles read = durations.Read();
  EXPECT_EQ(read.count, 3u);
  EXPECT_LT(*read.p50, absl::Microseconds(70));
  EXPECT_GT(*read.p99, absl::Hours(24 * 49));
}

TEST(DurationsTest, AnHourLaterATimeIsForgotten) {
  ManualClock clock(kMeasuredFrom);
  HourOfDurations durations(clock);
  durations.Add(absl::Seconds(1));
  clock.Advance(absl::Minutes(30));
  durations.Add(absl::Seconds(9));
  clock.Advance(absl::Minutes(30));
  EXPECT_EQ(durations.Read().count, 2u);
  clock.Advance(absl::Minutes(1));
  const Percentiles read = durations.Read();
  EXPECT_EQ(read.count, 1u);
  EXPECT_GT(*read.p50, absl::Seconds(8));
  clock.Advance(absl::Hours(5));
  EXPECT_EQ(durations.Read().count, 0u);
}

TEST(DurationsTest, AMinuteOfCountsIsOfTheLastSixtyWholeSeconds) {
  ManualClock clock(kMeasuredFrom);
  MinuteOfCounts counts(clock);
  for (int number = 0; number < 120; ++number) counts.Add();
  EXPECT_EQ(counts.PerSecond(), 0) << "the second that runs is not over";
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(counts.PerSecond(), 2);
  clock.Advance(absl::Seconds(59));
  EXPECT_EQ(counts.PerSecond(), 2);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(counts.PerSecond(), 0);
}

}  // namespace
}  // namespace envej::operations
