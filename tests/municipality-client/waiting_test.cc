#include "municipality-client/waiting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "absl/time/clock.h"

namespace envej::municipality_client {
namespace {

TEST(Chance, DrawsFromTheWholeRange) {
  Chance chance;
  double least = 1;
  double most = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    const double drawn = chance();
    least = std::min(least, drawn);
    most = std::max(most, drawn);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(least, 0.1);
  EXPECT_GT(most, 0.9);
  EXPECT_LT(most, 1);
}

TEST(Chance, DiffersFromOneClientToTheNext) {
  std::set<double> draws;
  for (int client = 0; client < 20; ++client) draws.insert(Chance()());
  EXPECT_GT(draws.size(), 15);
}

TEST(WaitFor, EndsAtAStop) {
  std::stop_source source;
  const absl::Time begin = absl::Now();
  std::jthread stopping([&source] { source.request_stop(); });
  WaitFor(absl::Seconds(30), source.get_token());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace envej::municipality_client
