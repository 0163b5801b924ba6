#include "broker/admission/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/admission/call_cost.h"

namespace envej::admission {
namespace {

const certs::Identity kRegion{.kind = certs::ParticipantKind::kRegion, .code = "1081", .origin = ""};
const certs::Identity kOtherRegion{.kind = certs::ParticipantKind::kRegion, .code = "1082", .origin = ""};
constexpr absl::Duration kStart = absl::Hours(5);

TEST(RateLimitTest, ABurstAndThenTheRate) {
  RateLimit limit({.per_second = 100, .burst = 10});
  for (int call = 0; call < 10; ++call) EXPECT_EQ(limit.Take(kRegion, 1, kStart), std::nullopt) << call;
  EXPECT_EQ(limit.Take(kRegion, 1, kStart), absl::Milliseconds(10));
  EXPECT_EQ(limit.Take(kRegion, 1, kStart + absl::Milliseconds(4)), absl::Milliseconds(6));
  EXPECT_EQ(limit.Take(kRegion, 1, kStart + absl::Milliseconds(10)), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 1, kStart + absl::Milliseconds(10)), std::nullopt);
}

TEST(RateLimitTest, TheDelayIsTrue) {
  RateLimit limit({.per_second = 100, .burst = 600});
  EXPECT_EQ(limit.Take(kRegion, 600, kStart), std::nullopt);
  const std::optional<absl::Duration> delay = limit.Take(kRegion, 500, kStart);
  ASSERT_EQ(delay, absl::Seconds(5));
  EXPECT_NE(limit.Take(kRegion, 500, kStart + *delay - absl::Milliseconds(1)), std::nullopt);
  EXPECT_EQ(limit.Take(kRegion, 500, kStart + *delay), std::nullopt);
}

TEST(RateLimitTest, WhatIsTooMuchTakesNothing) {
  RateLimit limit({.per_second = 1, .burst = 500});
  EXPECT_EQ(limit.Take(kRegion, 100, kStart), std::nullopt);
  for (int call = 0; call < 100; ++call) EXPECT_NE(limit.Take(kRegion, 401, kStart), std::nullopt);
  EXPECT_EQ(limit.Take(kRegion, 400, kStart), std::nullopt);
}

TEST(RateLimitTest, NeverMoreThanTheBurstIsSaved) {
  RateLimit limit({.per_second = 1000, .burst = 500});
  EXPECT_EQ(limit.Take(kRegion, 1, kStart), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 501, kStart + absl::Hours(1000)), std::nullopt);
  EXPECT_EQ(limit.Take(kRegion, 500, kStart + absl::Hours(1000)), std::nullopt);
}

TEST(RateLimitTest, NoParticipantTakesAnothers) {
  RateLimit limit({.per_second = 1, .burst = 10});
  EXPECT_EQ(limit.Take(kRegion, 10, kStart), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 1, kStart), std::nullopt);
  EXPECT_EQ(limit.Take(kOtherRegion, 10, kStart), std::nullopt);
  const certs::Identity same_code{.kind = certs::ParticipantKind::kMunicipality, .code = "1081", .origin = ""};
  EXPECT_EQ(limit.Take(same_code, 10, kStart), std::nullopt);
}

TEST(RateLimitTest, TheSystemsOfARegionShareOne) {
  RateLimit limit({.per_second = 1, .burst = 10});
  certs::Identity system = kRegion;
  system.origin = "ward-7";
  EXPECT_EQ(limit.Take(system, 10, kStart), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 1, kStart), std::nullopt);
}

TEST(RateLimitTest, ATimeThatSeemsToGoBackGivesNothingAway) {
  RateLimit limit({.per_second = 10, .burst = 10});
  EXPECT_EQ(limit.Take(kRegion, 10, kStart), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 1, kStart - absl::Seconds(10)), std::nullopt);
  EXPECT_NE(limit.Take(kRegion, 1, kStart), std::nullopt);
}

TEST(RateLimitTest, BucketsThatAreFullAgainAreForgotten) {
  RateLimit limit({.per_second = 1000, .burst = 1000});
  for (int number = 0; number < 10'000; ++number) {
    const certs::Identity caller{
        .kind = certs::ParticipantKind::kOperations, .code = absl::StrCat("n-", number), .origin = ""};
    EXPECT_EQ(limit.Take(caller, 1, kStart + absl::Milliseconds(2 * number)), std::nullopt);
  }
  EXPECT_LE(limit.size(), 512U);
}

TEST(RateLimitTest, WhoHasLessThanHalfLeftIsNotCalm) {
  RateLimit limit({.per_second = 10, .burst = 100});
  EXPECT_TRUE(limit.IsCalm(kRegion, kStart));
  EXPECT_EQ(limit.Take(kRegion, 50, kStart), std::nullopt);
  EXPECT_TRUE(limit.IsCalm(kRegion, kStart));
  EXPECT_EQ(limit.Take(kRegion, 10, kStart), std::nullopt);
  EXPECT_FALSE(limit.IsCalm(kRegion, kStart));
  EXPECT_TRUE(limit.IsCalm(kOtherRegion, kStart));
  EXPECT_TRUE(limit.IsCalm(kRegion, kStart + absl::Seconds(1)));
}

TEST(RateLimitTest, WhatReadsMuchCostsMoreThanAnyOtherCall) {
  for (const AccessRule& rule : kAccessPolicy) {
    const bool reads_much = std::set<Method>{Method::kListNotices, Method::kWatchNotices,
                                             Method::kListOperationsNotices, Method::kTraceNotice, Method::kWatchEvents}
                                .contains(rule.method);
    EXPECT_GE(CostOf(rule.method), 1);
    EXPECT_EQ(CostOf(rule.method) == CostOf(Method::kListNotices), reads_much);
  }
}

TEST(RateLimitTest, ToLookAtANoticeCostsMoreThanToSubmitOne) {
  EXPECT_EQ(CostOf(Method::kGetNotice), 2);
  EXPECT_EQ(CostOf(Method::kSubmitNotice), 1);
}

TEST(RateLimitTest, ManyThreadsTakeNoMoreThanThereIs) {
  RateLimit limit({.per_second = 1, .burst = 1000});
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) taken += limit.Take(kRegion, 1, kStart).has_value() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace envej::admission
