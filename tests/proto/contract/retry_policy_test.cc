#include "proto/contract/retry_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace envej::contract {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

RandomSource Always(double value) {
  return [value] { return value; };
}

TEST(RetryPolicyTest, RetriesOnlyCodesThatMayEndOtherwise) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = static_cast<absl::StatusCode>(code);
    const bool passing = status == absl::StatusCode::kUnavailable || status == absl::StatusCode::kDeadlineExceeded ||
                         status == absl::StatusCode::kCancelled;
    EXPECT_EQ(IsRetriable(status, false), passing) << status;
    EXPECT_EQ(IsRetriable(status, true), passing || status == absl::StatusCode::kResourceExhausted) << status;
  }
}

TEST(RetryPolicyTest, RetriesOnlyReasonsThatPass) {
  for (const ReasonEntry& entry : AllReasons()) {
    const bool passing = entry.reason == Reason::kBrokerBusy || entry.reason == Reason::kRateExceeded ||
                         entry.reason == Reason::kStorageNearlyFull || entry.reason == Reason::kBrokerStopping ||
                         entry.reason == Reason::kDeadlinePassed;
    EXPECT_EQ(IsRetriable(entry.reason), passing) << entry.name;
  }
  EXPECT_FALSE(IsRetriable(Reason::kNone));
}

TEST(RetryPolicyTest, BacksOffByChance) {
  RetryPolicy policy(absl::InfiniteFuture(),
                     [draws = std::vector{0.25, 0.75, 0.5}, next = size_t{0}]() mutable { return draws[next++]; });
  for (const int milliseconds : {25, 150, 200}) {
    EXPECT_EQ(policy.NextDelay(kStart, absl::ZeroDuration()), absl::Milliseconds(milliseconds));
  }
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
}  // namespace envej::contract
