#include "municipality-client/successions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/contract/day.h"

namespace envej::municipality_client {
namespace {

using testing::HasSubstr;

absl::StatusOr<Successions> Read(const std::vector<std::string>& texts) {
  return Successions::Read(texts, contract::CopenhagenTimeZone().value());
}

TEST(SuccessionsTest, ARegionHasSucceededAnotherFromTheDaysBeginningInCopenhagen) {
  const absl::StatusOr<Successions> successions = Read({"1086:1084:2027-01-01", "1086:1085:2028-07-01"});
  ASSERT_TRUE(successions.ok()) << successions.status();
  const absl::Time new_year = absl::FromCivil(absl::CivilHour(2026, 12, 31, 23), absl::UTCTimeZone());
  EXPECT_TRUE(successions->HasSucceeded("1086", "1084", new_year));
  EXPECT_FALSE(successions->HasSucceeded("1086", "1084", new_year - absl::Microseconds(1)));
  EXPECT_FALSE(successions->HasSucceeded("1084", "1086", new_year));
  EXPECT_FALSE(successions->HasSucceeded("1086", "1085", new_year));
  EXPECT_FALSE(successions->HasSucceeded("1086", "1086", new_year));
}

TEST(SuccessionsTest, WhatIsNoSuccessionIsRefused) {
  for (const char* const text :
       {"", "1086", "1086:1084", "1086:1084:", "1086:1084:2027-02-30", "1086:1084:2027-01-01:", "108:1084:2027-01-01",
        "1086:10845:2027-01-01", "1086:1086:2027-01-01", "1086:108a:2027-01-01", " 1086:1084:2027-01-01"}) {
    EXPECT_THAT(std::string(Read({text}).status().message()), HasSubstr("such as 1086:1084:2027-01-01")) << text;
  }
  EXPECT_THAT(std::string(Read({"1086:1084:2027-01-01", "1086:1084:2028-01-01"}).status().message()),
              HasSubstr("1086 succeeds 1084 twice"));
  EXPECT_FALSE(Read(std::vector<std::string>(kSuccessionsMost + 1, "1086:1084:2027-01-01")).ok());
}

}  // namespace
}  // namespace envej::municipality_client
