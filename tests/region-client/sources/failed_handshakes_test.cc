#include "region-client/sources/failed_handshakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

TEST(FailedHandshakesTest, AreSaidOnceAMinuteWithHowManyThereWere) {
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  std::vector<std::string> lines;
  FailedHandshakes failed(
      "adt", [&] { return now; }, [&](const std::string& line) { lines.push_back(line); });
  failed.Add();
  EXPECT_THAT(lines, ElementsAre(EndsWith(": 1")));
  for (int i = 0; i < 59; ++i) {
    now += absl::Seconds(1);
    failed.Add();
  }
  EXPECT_EQ(lines.size(), 1u);
  now += absl::Seconds(1);
  failed.Add();
  EXPECT_THAT(lines, ElementsAre(EndsWith(": 1"), EndsWith(": 60")));
}

}  // namespace
}  // namespace envej::region
