#include "certs/option_checks.h"

#include <gtest/gtest.h>

namespace envej::certs {
namespace {

TEST(OptionChecksTest, CodesHaveFourDigits) {
  for (const char* const good : {"0101", "1081"}) {
    EXPECT_EQ(CheckMunicipalityCode(good), "");
    EXPECT_EQ(CheckRegionCode(good), "");
  }
  for (const char* const bad : {"", "101", "01011", "010a", "København", " 101"}) {
    EXPECT_EQ(CheckMunicipalityCode(bad), "a municipality's code has four digits, such as 0101");
    EXPECT_EQ(CheckRegionCode(bad), "a region's code has four digits, such as 1081");
  }
}

TEST(OptionChecksTest, NoticeIdsAreRandomUuids) {
  EXPECT_EQ(CheckNoticeId("3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c"), "");
  EXPECT_NE(CheckNoticeId("3F2B8C1E-5D4A-4F6B-8A7C-9D0E1F2A3B4C"), "");
  EXPECT_NE(CheckNoticeId("3f2b8c1e-5d4a-1f6b-8a7c-9d0e1f2a3b4c"), "");
}

TEST(OptionChecksTest, DurationsStayInTheirRange) {
  for (const char* const good : {"1s", "90s", "24h"}) EXPECT_EQ(CheckDeadline(good), "") << good;
  for (const char* const bad : {"", "5", "0s", "999ms", "24h1s", "-5s", "inf"})
    EXPECT_NE(CheckDeadline(bad), "") << bad;
  const CLI::Validator between = DurationBetween(absl::ZeroDuration(), absl::Minutes(1));
  EXPECT_EQ(between("0s"), "");
  EXPECT_EQ(between("61s"), "a duration such as 90s or 5m is needed, from 0 to 1m");
}

TEST(OptionChecksTest, OneOfNamesTheChoices) {
  const std::map<std::string, int> choices = {{"json", 1}, {"text", 0}};
  const CLI::Validator one = OneOf(choices);
  EXPECT_EQ(one("json"), "");
  EXPECT_EQ(one("xml"), "one of json, text");
}

}  // namespace
}  // namespace envej::certs
