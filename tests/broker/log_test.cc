#include "broker/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/manual_clock.h"

namespace envej {
namespace {

// What `write` logs, as one text.
template <typename Write>
std::string Logged(Write write) {
  testing::internal::CaptureStderr();
  write();
  return testing::internal::GetCapturedStderr();
}

TEST(LogTest, WritesOneJsonObjectALine) {
  const ManualClock clock(absl::FromUnixMillis(1'800'000'000'250));
  const Log log(clock);
  const std::string text = Logged([&] { log.Info("serving", {{"port", int64_t{8443}}, {"broker", "main"}}); });
  ASSERT_EQ(text.back(), '\n');
  const nlohmann::json line = nlohmann::json::parse(text);
  EXPECT_EQ(line["time"], "2027-01-15T08:00:00.250Z");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["event"], "serving");
  EXPECT_EQ(line["port"], 8443);
  EXPECT_EQ(line["broker"], "main");
}

TEST(LogTest, AnEmptyTextIsLeftOut) {
  const ManualClock clock(absl::UnixEpoch());
  const Log log(clock);
  const std::string text = Logged([&] { log.Info("call", {{"trace_id", std::string()}, {"left_out", int64_t{0}}}); });
  const nlohmann::json line = nlohmann::json::parse(text);
  EXPECT_FALSE(line.contains("trace_id"));
  EXPECT_EQ(line["left_out"], 0);
}

TEST(LogTest, TextThatIsNotUtf8OrHoldsLineEndsStaysOneValidLine) {
  const ManualClock clock(absl::UnixEpoch());
  const Log log(clock);
  const std::string text = Logged([&] { log.Error("call_failed", {{"error", std::string("a\nb\xff\"c")}}); });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(nlohmann::json::parse(text)["level"], "error");
}

}  // namespace
}  // namespace envej
