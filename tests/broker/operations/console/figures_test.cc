#include "broker/operations/console/figures.h"

#include <gtest/gtest.h>

#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15 09:00:00 in Copenhagen

absl::TimeZone Copenhagen() { return contract::CopenhagenTimeZone().value(); }

TEST(FiguresTest, SaysLengthsInTheTwoLargestUnits) {
  EXPECT_EQ(RoughDuration(absl::Milliseconds(999)), "0 s");
  EXPECT_EQ(RoughDuration(absl::Seconds(59)), "59 s");
  EXPECT_EQ(RoughDuration(absl::Seconds(60)), "1 min");
  EXPECT_EQ(RoughDuration(absl::Minutes(59) + absl::Seconds(59)), "59 min");
  EXPECT_EQ(RoughDuration(absl::Hours(1)), "1 h");
  EXPECT_EQ(RoughDuration(absl::Minutes(125)), "2 h 5 min");
  EXPECT_EQ(RoughDuration(absl::Hours(24)), "1 d");
  EXPECT_EQ(RoughDuration(absl::Hours(53 * 24 + 4)), "53 d 4 h");
  EXPECT_EQ(RoughDuration(-absl::Minutes(3)), "3 min");
}

TEST(FiguresTest, SaysMeasuredLengths) {
  EXPECT_EQ(FineDuration(absl::Microseconds(210)), "0.21 ms");
  EXPECT_EQ(FineDuration(absl::Microseconds(3'200)), "3.2 ms");
  EXPECT_EQ(FineDuration(absl::Milliseconds(14)), "14 ms");
  EXPECT_EQ(FineDuration(absl::Milliseconds(3'200)), "3.2 s");
  EXPECT_EQ(FineDuration(absl::Seconds(45)), "45 s");
  EXPECT_EQ(FineDuration(absl::Minutes(90)), "1 h 30 min");
}

TEST(FiguresTest, SaysHowLongAgoAndHowFarAhead) {
  EXPECT_EQ(Ago(kNow - absl::Minutes(12), kNow), "12 min ago");
  EXPECT_EQ(Ago(kNow + absl::Hours(48), kNow), "in 2 d");
  EXPECT_EQ(Ago(kNow - absl::Milliseconds(900), kNow), "now");
  EXPECT_EQ(Ago(kNow + absl::Milliseconds(900), kNow), "now");
}

TEST(FiguresTest, SaysTimesInCopenhagenAlsoInSummer) {
  EXPECT_EQ(LocalTime(kNow, Copenhagen()), "2027-01-15 09:00:00");
  EXPECT_EQ(LocalTime(absl::FromUnixSeconds(1'782'000'000), Copenhagen()), "2026-06-21 02:00:00");
  EXPECT_EQ(LocalTimeAndAgo(true, contract::ToMessage(kNow - absl::Minutes(1)), Copenhagen(), kNow),
            "2027-01-15 08:59:00 (1 min ago)");
  EXPECT_EQ(LocalTimeAndAgo(false, {}, Copenhagen(), kNow), "");
}

TEST(FiguresTest, SaysBytes) {
  EXPECT_EQ(Bytes(1), "1 byte");
  EXPECT_EQ(Bytes(1023), "1023 bytes");
  EXPECT_EQ(Bytes(1536), "1.5 KiB");
  EXPECT_EQ(Bytes(uint64_t{13} << 30), "13.0 GiB");
  EXPECT_EQ(Bytes(~uint64_t{0}), "16.0 EiB");
}

TEST(FiguresTest, SaysPercentilesOrThatThereWasNothing) {
  v1::DurationPercentiles percentiles;
  EXPECT_EQ(Percentiles(percentiles), "none");
  percentiles.set_count(1200);
  EXPECT_EQ(Percentiles(percentiles), "of 1200");
  *percentiles.mutable_p50() = contract::ToMessage(absl::Milliseconds(250));
  *percentiles.mutable_p99() = contract::ToMessage(absl::Seconds(90));
  EXPECT_EQ(Percentiles(percentiles), "p50 250 ms, p99 1 min of 1200");
}

TEST(FiguresTest, Counts) {
  EXPECT_EQ(Counted(0, "notice", "notices"), "0 notices");
  EXPECT_EQ(Counted(1, "notice", "notices"), "1 notice");
}

}  // namespace
}  // namespace envej::console
