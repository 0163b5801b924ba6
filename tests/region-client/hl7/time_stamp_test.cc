#include "region-client/hl7/time_stamp.h"

#include <gtest/gtest.h>

#include "proto/contract/day.h"

namespace envej::hl7 {
namespace {

class TimeStampTest : public testing::Test {
 protected:
  std::optional<TimeStamp> Parse(absl::string_view text) const { return ParseTimeStamp(text, copenhagen_, now_); }
  static absl::Time Utc(absl::CivilSecond second) { return absl::FromCivil(second, absl::UTCTimeZone()); }

  absl::Time now_ = Utc(absl::CivilSecond(2028, 1, 1));
  const absl::TimeZone copenhagen_ = contract::CopenhagenTimeZone().value();
};

TEST_F(TimeStampTest, WithoutAZoneItIsMeantInCopenhagen) {
  EXPECT_EQ(Parse("20270115143005")->time, Utc(absl::CivilSecond(2027, 1, 15, 13, 30, 5)));
  EXPECT_EQ(Parse("202707151430")->time, Utc(absl::CivilSecond(2027, 7, 15, 12, 30)));
  EXPECT_EQ(Parse("2027011514")->time, Utc(absl::CivilSecond(2027, 1, 15, 13)));
  EXPECT_EQ(Parse("20270115143005.25")->time, Utc(absl::CivilSecond(2027, 1, 15, 13, 30, 5)) + absl::Milliseconds(250));
}

TEST_F(TimeStampTest, AZoneThatIsSaidCountsAndTheDayIsCopenhagens) {
  const auto late = Parse("20270115233000+0000");
  EXPECT_EQ(late->time, Utc(absl::CivilSecond(2027, 1, 15, 23, 30)));
  EXPECT_EQ(late->day, absl::CivilDay(2027, 1, 16));
  EXPECT_EQ(Parse("202701151430-0530")->time, Utc(absl::CivilSecond(2027, 1, 15, 20, 0)));
  EXPECT_EQ(Parse("20270115143000.1234+0100")->day, absl::CivilDay(2027, 1, 15));
}

TEST_F(TimeStampTest, ItSaysAsMuchAsItDoes) {
  EXPECT_EQ(Parse("20270115")->day, absl::CivilDay(2027, 1, 15));
  EXPECT_EQ(Parse("20270115")->time, std::nullopt);
  EXPECT_EQ(Parse("20270115+0100")->day, absl::CivilDay(2027, 1, 15));
  for (const char* const text : {"2027", "202701"}) {
    ASSERT_TRUE(Parse(text).has_value());
    EXPECT_EQ(Parse(text)->day, std::nullopt);
  }
}

TEST_F(TimeStampTest, WhereSummerTimeBeginsOrEndsOneTimeIsMeant) {
  const absl::Time first = Utc(absl::CivilSecond(2026, 10, 25, 0, 30));
  const absl::Time second = Utc(absl::CivilSecond(2026, 10, 25, 1, 30));
  EXPECT_EQ(Parse("202610250230")->time, second);
  now_ = second - absl::Minutes(5);
  EXPECT_EQ(Parse("202610250230")->time, second);
  now_ -= absl::Seconds(1);
  EXPECT_EQ(Parse("202610250230")->time, first);
  EXPECT_EQ(Parse("202610250230+0100")->time, second);
  EXPECT_EQ(Parse("202603290230")->time, Utc(absl::CivilSecond(2026, 3, 29, 1)));
}

TEST_F(TimeStampTest, WhatIsNoTimeStampIsNothing) {
  for (const char* const text : {"",
                                 "0",
                                 "20",
                                 "20270",
                                 "202701151",
                                 "20270115143",
                                 "2027011514300599",
                                 "00000000",
                                 "20271301",
                                 "20270230",
                                 "2027011524",
                                 "202701151460",
                                 "20270115143060",
                                 "2027-01-15",
                                 "20270115T1430",
                                 "20270115143005.",
                                 "20270115143005.12345",
                                 "202701151430.5",
                                 "20270115143005+1",
                                 "20270115143005+01:00",
                                 "20270115143005+1500",
                                 "20270115143005+0160",
                                 "20270115143005Z",
                                 "20270115143005 ",
                                 "x0270115",
                                 "20270115+"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
}

TEST_F(TimeStampTest, IsWrittenWithItsZone) {
  EXPECT_EQ(FormatTimeStamp(Utc(absl::CivilSecond(2027, 7, 15, 12, 30, 5)), copenhagen_), "20270715143005+0200");
}

}  // namespace
}  // namespace envej::hl7
