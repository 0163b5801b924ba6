#include "region-client/fhir/times.h"

#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

TEST(ParseMoment, ATimeHasItsZone) {
  EXPECT_EQ(ParseMoment("2027-07-01T02:00:00+02:00")->time, At("2027-07-01T00:00:00Z"));
  EXPECT_EQ(ParseMoment("2027-06-30T19:00:00-05:00")->time, At("2027-07-01T00:00:00Z"));
  EXPECT_EQ(ParseMoment("2027-07-01T00:00:00.250Z")->time, At("2027-07-01T00:00:00.25Z"));
}

TEST(ParseMoment, ItsDayIsThatOfTheZoneAskedFor) {
  EXPECT_EQ(ParseMoment("2027-06-30T22:30:00Z")->DayIn(Copenhagen()), absl::CivilDay(2027, 7, 1));
  EXPECT_EQ(ParseMoment("2027-01-30T22:30:00Z")->DayIn(Copenhagen()), absl::CivilDay(2027, 1, 30));
  EXPECT_EQ(ParseMoment("2027-06-30")->DayIn(Copenhagen()), absl::CivilDay(2027, 6, 30));
}

TEST(ParseMoment, AYearOrAMonthIsNoDay) {
  for (const char* text : {"2027", "2027-06"}) {
    ASSERT_TRUE(ParseMoment(text).has_value()) << text;
    EXPECT_EQ(ParseMoment(text)->DayIn(Copenhagen()), std::nullopt) << text;
  }
}

TEST(ParseMoment, AnythingElseIsNone) {
  for (const char* text : {"",
                           "now",
                           "infinite-future",
                           "20270630",
                           "2027-6-3",
                           "2027-13",
                           "2027-02-29",
                           "2027-06-31T00:00:00Z",
                           "2027-06-30T",
                           "2027-06-30T10:00Z",
                           "2027-06-30T10:00:00",
                           "2027-06-30 10:00:00Z",
                           "2027-06-30T25:00:00Z",
                           "2027-06-30T10:00:00.Z",
                           "2027-06-30T10:00:00,5Z",
                           "2027-06-30T10:00:00+0200",
                           "2027-06-30T10:00:00+02",
                           "2027-06-30T10:00:00Z ",
                           " 2027-06-30",
                           "2027-06-30T10:00:00.00000000000000000000000000Z"}) {
    EXPECT_FALSE(ParseMoment(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace envej::fhir
