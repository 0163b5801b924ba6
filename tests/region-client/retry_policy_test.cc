#include "region-client/retry_policy.h"

#include <gtest/gtest.h>

#include <random>

namespace envej::region {
namespace {

using contract::Reason;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

RandomSource Always(double value) {
  return [value] { return value; };
}

RandomSource Seeded(uint64_t seed) {
  return [generator = std::mt19937_64(seed)]() mutable { return std::uniform_real_distribution<double>()(generator); };
}

TEST(RetryPolicyTest, RetriesOnlyCodesThatMayEndOtherwise) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = static_cast<absl::StatusCode>(code);
    const bool passing = status == absl::StatusCode::kUnavailable || status == absl::StatusCode::kDeadlineExceeded;
    EXPECT_EQ(IsRetriable(status, false), passing) << status;
    EXPECT_EQ(IsRetriable(status, true), passing || status == absl::StatusCode::kResourceExhausted) << status;
  }
}

TEST(RetryPolicyTest, RetriesOnlyReasonsThatPass) {
  for (const contract::ReasonEntry& entry : contract::AllReasons()) {
    const bool passing = entry.reason == Reason::kBrokerBusy || entry.reason == Reason::kBrokerStopping ||
                         entry.reason == Reason::kDeadlinePassed;
    EXPECT_EQ(IsRetriable(entry.reason), passing) << entry.name;
  }
  EXPECT_FALSE(IsRetriable(Reason::kNone));
}

TEST(RetryPolicyTest, DoublesTheWindowUpToItsBound) {
  RetryPolicy policy(absl::InfiniteFuture(), Always(0.5));
  for (const int milliseconds : {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
    EXPECT_EQ(policy.NextDelay(kStart, absl::ZeroDuration()), absl::Milliseconds(milliseconds));
  }
}

TEST(RetryPolicyTest, DrawsFromTheWholeWindow) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RetryPolicy policy(absl::InfiniteFuture(), Seeded(seed));
    absl::Duration least = absl::InfiniteDuration();
    absl::Duration most;
    for (int attempt = 0; attempt < 500; ++attempt) {
      const absl::Duration delay = *policy.NextDelay(kStart, absl::ZeroDuration());
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    EXPECT_GE(least, absl::ZeroDuration());
    EXPECT_LT(least, absl::Milliseconds(500)) << "seed " << seed;
    EXPECT_LE(most, kBackoffMost);
    EXPECT_GT(most, absl::Seconds(9)) << "seed " << seed;
  }
}

TEST(RetryPolicyTest, TwoWardsDoNotComeBackInStep) {
  RetryPolicy one(absl::InfiniteFuture(), Seeded(1));
  RetryPolicy other(absl::InfiniteFuture(), Seeded(2));
  EXPECT_NE(one.NextDelay(kStart, absl::ZeroDuration()), other.NextDelay(kStart, absl::ZeroDuration()));
}

TEST(RetryPolicyTest, WaitsAtLeastAsLongAsTheBrokerAsks) {
  RetryPolicy policy(absl::InfiniteFuture(), Always(0.5));
  EXPECT_EQ(policy.NextDelay(kStart, absl::Seconds(30)), absl::Seconds(30));
}

TEST(RetryPolicyTest, GivesUpWhenTheNextAttemptWouldNotStartBeforeTheDeadline) {
  RetryPolicy policy(kStart + absl::Seconds(1), Always(0.5));
  EXPECT_TRUE(policy.NextDelay(kStart, absl::Milliseconds(999)).has_value());
  EXPECT_FALSE(policy.NextDelay(kStart, absl::Seconds(1)).has_value());
  EXPECT_FALSE(policy.NextDelay(kStart + absl::Seconds(2), absl::ZeroDuration()).has_value());
}

TEST(RetryPolicyTest, StartsAnewAfterProgress) {
  RetryPolicy policy(absl::InfiniteFuture(), Always(0.5));
  for (int i = 0; i < 5; ++i) (void)policy.NextDelay(kStart, absl::ZeroDuration());
  policy.Progressed();
  EXPECT_EQ(policy.NextDelay(kStart, absl::ZeroDuration()), absl::Milliseconds(50));
}

}  // namespace
}  // namespace envej::region
