#include "proto/contract/backoff.h"

#include <gtest/gtest.h>

namespace envej::contract {
namespace {

TEST(BackoffTest, DoublesItsWindowUpToItsBound) {
  Backoff backoff;
  for (const int milliseconds : {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
    EXPECT_EQ(backoff.Next(0.5), absl::Milliseconds(milliseconds));
  }
}

TEST(BackoffTest, UsesTheWholeWindowAndNoMore) {
  constexpr double kAlmostOne = 0.999;
  Backoff backoff;
  for (absl::Duration window = kBackoffFirst; window < kBackoffMost; window *= 2) {
    Backoff other = backoff;
    EXPECT_EQ(other.Next(0), absl::ZeroDuration());
    const absl::Duration longest = backoff.Next(kAlmostOne);
    EXPECT_LT(longest, window);
    EXPECT_GT(longest, window * 0.99);
  }
  EXPECT_LT(backoff.Next(kAlmostOne), kBackoffMost);
  EXPECT_GT(backoff.Next(kAlmostOne), kBackoffMost * 0.99);
}

TEST(BackoffTest, StartsAnewAfterAReset) {
  Backoff backoff;
  for (int attempt = 0; attempt < 5; ++attempt) backoff.Next(0.5);
  backoff.Reset();
  EXPECT_EQ(backoff.Next(0.5), kBackoffFirst / 2);
}

}  // namespace
}  // namespace envej::contract
