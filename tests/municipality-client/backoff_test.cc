#include "municipality-client/backoff.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "absl/time/clock.h"

namespace envej::municipality_client {
namespace {

TEST(Backoff, GrowsAtRandomUpToItsBound) {
  absl::Duration longest;
  for (int round = 0; round < 50; ++round) {
    Backoff backoff;
    absl::Duration span = kBackoffFirst;
    for (int attempt = 0; attempt < 12; ++attempt) {
      const absl::Duration wait = backoff.Next();
      EXPECT_GE(wait, absl::ZeroDuration());
      EXPECT_LE(wait, span);
      longest = std::max(longest, wait);
      span = std::min(span * 2, kBackoffMost);
    }
    backoff.Reset();
    EXPECT_LE(backoff.Next(), kBackoffFirst);
  }
  EXPECT_GT(longest, kBackoffMost / 2);
}

TEST(Backoff, DiffersFromOneClientToTheNext) {
  std::set<absl::Duration> waits;
  for (int client = 0; client < 20; ++client) waits.insert(Backoff().Next());
  EXPECT_GT(waits.size(), 15);
}

TEST(WaitFor, EndsAtAStop) {
  std::stop_source source;
  const absl::Time begin = absl::Now();
  std::jthread stopping([&source] {
    absl::SleepFor(absl::Milliseconds(100));
    source.request_stop();
  });
  WaitFor(absl::Seconds(30), source.get_token());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace envej::municipality_client
