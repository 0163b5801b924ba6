#include "proto/contract/day.h"

#include <gtest/gtest.h>

#include <string>

namespace envej::contract {
namespace {

TEST(DayTest, EveryDayOfTheCalendarComesBack) {
  for (absl::CivilDay day(1900, 1, 1); day <= absl::CivilDay(2999, 12, 31); day += 1) {
    ASSERT_EQ(ParseDay(FormatDay(day)), day) << day;
  }
  for (const absl::CivilDay day :
       {absl::CivilDay(1, 1, 1), absl::CivilDay(1899, 12, 31), absl::CivilDay(9999, 12, 31)}) {
    EXPECT_EQ(ParseDay(FormatDay(day)), day) << day;
  }
  EXPECT_EQ(FormatDay(absl::CivilDay(2026, 1, 2)), "2026-01-02");
}

TEST(DayTest, OtherTextIsNoDay) {
  const std::string other[] = {"",
                               "2026-11-31",
                               "2026-02-29",
                               "1900-02-29",
                               "2026-00-10",
                               "2026-13-01",
                               "2026-11-00",
                               "2026-11-32",
                               "0000-01-01",
                               "2026-1-02",
                               "2026-11-2",
                               "2026-11-022",
                               "20261122",
                               "2026/11/22",
                               "22-11-2026",
                               "2026-11-22 ",
                               " 026-11-22",
                               "+026-11-22",
                               "2026--1-22",
                               "2026-+1-22",
                               "2026-11- 2",
                               "2026-11-22T00",
                               "2026-11-2x",
                               "-026-11-22",
                               "２026-11-22",
                               "2026-11-2٢"};
  for (const std::string& text : other) EXPECT_FALSE(ParseDay(text).has_value()) << text;
}

TEST(DayTest, AnAnniversaryIsTheSameDayYearsLater) {
  EXPECT_EQ(Anniversary(absl::CivilDay(2025, 11, 22), 1), absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(Anniversary(absl::CivilDay(2023, 2, 28), 1), absl::CivilDay(2024, 2, 28));
  EXPECT_EQ(Anniversary(absl::CivilDay(2025, 12, 31), 1), absl::CivilDay(2026, 12, 31));
}

TEST(DayTest, ALeapDaysAnniversaryIs28FebruaryOutsideLeapYears) {
  EXPECT_EQ(Anniversary(absl::CivilDay(2024, 2, 29), 1), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(Anniversary(absl::CivilDay(2024, 2, 29), 4), absl::CivilDay(2028, 2, 29));
  EXPECT_EQ(Anniversary(absl::CivilDay(2096, 2, 29), 4), absl::CivilDay(2100, 2, 28));
}

TEST(DayTest, CopenhagenIsAnHourAheadInWinterAndTwoInSummer) {
  const absl::StatusOr<absl::TimeZone> zone = CopenhagenTimeZone();
  ASSERT_TRUE(zone.ok()) << zone.status();
  const auto offset = [&](int month) {
    return zone->At(absl::FromCivil(absl::CivilSecond(2026, month, 1), absl::UTCTimeZone())).offset;
  };
  EXPECT_EQ(offset(1), 3600);
  EXPECT_EQ(offset(7), 7200);
}

}  // namespace
}  // namespace envej::contract
