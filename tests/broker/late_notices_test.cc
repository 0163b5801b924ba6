#include "broker/late_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/manual_clock.h"

namespace envej {
namespace {

using inbox::Late;
using journal::EventType;
using testing::HasSubstr;

class LateNoticesTest : public testing::Test {
 protected:
  std::string Told(EventType type, uint32_t detail = 0) {
    const inbox::LateItem late{
        .item = {.notice = {.municipality_code = "0101", .region_code = "1081", .id = *contract::NoticeId::Parse(kId)},
                 .revision = 2},
        .told = {.type = type, .detail = detail}};
    testing::internal::CaptureStderr();
    late_.Tell(late);
    return testing::internal::GetCapturedStderr();
  }

  static constexpr char kId[] = "00000000-0000-4000-8000-000000000001";
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  Log log_{clock_};
  operations::Metrics metrics_;
  LateNotices late_{log_, metrics_, clock_};
};

TEST_F(LateNoticesTest, EachWayOfBeingLateIsSaidAndCounted) {
  const struct {
    EventType type;
    uint32_t detail;
    const char* event;
    const char* what;
    const char* level;
  } cases[] = {
      {EventType::kOverdue, static_cast<uint32_t>(Late::kNotFetched), "notice_overdue", "not_fetched", "warning"},
      {EventType::kOverdue, static_cast<uint32_t>(Late::kNotAcknowledged), "notice_overdue", "not_acknowledged",
       "warning"},
      {EventType::kOverdue, static_cast<uint32_t>(Late::kPastDischarge), "notice_overdue", "past_discharge", "warning"},
      {EventType::kParked, 0, "notice_parked", "parked", "error"},
      {EventType::kUndelivered, 3, "notice_undelivered", "undelivered", "error"},
      {EventType::kDestroyed, 0, "notice_destroyed", "destroyed", "error"},
  };
  for (const auto& expected : cases) {
    const nlohmann::json line = nlohmann::json::parse(Told(expected.type, expected.detail));
    EXPECT_EQ(line["event"], expected.event);
    EXPECT_EQ(line["what"], expected.what);
    EXPECT_EQ(line["level"], expected.level);
    EXPECT_EQ(line["municipality"], "0101");
    EXPECT_EQ(line["region"], "1081");
    EXPECT_EQ(line["notice_id"], kId);
    EXPECT_EQ(line["revision"], 2);
    EXPECT_FALSE(line["next"].get<std::string>().empty()) << "says what to do";
    EXPECT_THAT(metrics_.Text(), HasSubstr(absl::StrCat("envej_notices_late_total{what=\"", expected.what, "\"} 1")));
  }
}

TEST_F(LateNoticesTest, EachWayIsCountedBeforeItHappens) {
  for (const char* what : {"not_fetched", "not_acknowledged", "past_discharge", "parked", "undelivered", "destroyed"}) {
    EXPECT_THAT(metrics_.Text(), HasSubstr(absl::StrCat("envej_notices_late_total{what=\"", what, "\"} 0\n")));
  }
}

TEST_F(LateNoticesTest, WhatIsNoLatenessIsNotSaid) {
  EXPECT_EQ(Told(EventType::kLeaseExpired), "");
  EXPECT_EQ(Told(EventType::kOverdue, 99), "");
}

TEST_F(LateNoticesTest, ManyAtOnceAreCountedAllAndSaidWithinBounds) {
  int lines = 0;
  for (int number = 0; number < 100; ++number) lines += Told(EventType::kParked).empty() ? 0 : 1;
  EXPECT_EQ(lines, LogLimit::kLinesASecond);
  EXPECT_THAT(metrics_.Text(), HasSubstr("envej_notices_late_total{what=\"parked\"} 100"));
}

}  // namespace
}  // namespace envej
