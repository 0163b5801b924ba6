// One region floods, another submits as ever: how much longer its calls take is printed, and that none of them is
// refused is asserted. Figures are for a quiet machine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/sanitizer.h"
#include "tests/support/trust_changes.h"

namespace envej::trust {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Process;

constexpr int kRounds = 3;
// ENVEJ_FLOOD_SECONDS: longer windows for better figures.
const auto kWindow = [] {
  const char* const seconds = std::getenv("ENVEJ_FLOOD_SECONDS");
  return std::chrono::seconds(seconds == nullptr ? 1 : std::max(1, std::atoi(seconds)));
}();
constexpr auto kBetweenCalls = std::chrono::milliseconds(10);
// On each of the flood's connections. A sanitizer makes each call cost twenty times as much, also its sender.
constexpr int kStreams = support::kUnderSanitizer ? 10 : 100;

struct Times {
  std::vector<double> milliseconds;
  int refused = 0;

  double Quantile(double fraction) {
    if (milliseconds.empty()) return 0;
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds[static_cast<size_t>(fraction * static_cast<double>(milliseconds.size() - 1))];
  }
};

// One notice every few milliseconds, or when the last one was answered, for a window.
void SubmitSteadily(v1::IntakeService::Stub& intake, Times& times) {
  const auto end = std::chrono::steady_clock::now() + kWindow;
  for (auto begin = std::chrono::steady_clock::now(); begin < end; begin = std::chrono::steady_clock::now()) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(support::kCode);
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = intake.SubmitNotice(CallContext().get(), request, &answer);
    if (!status.ok()) ++times.refused;
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    times.milliseconds.push_back(taken.count());
    std::this_thread::sleep_until(begin + kBetweenCalls);
  }
}

// What a participant may send, as the broker has it by default (admission/rate_limit.h).
constexpr double kBurst = 2000;
constexpr double kPerSecond = 1000;

struct FloodOf {
  const char* name;
  const char* what;
  int cost;                // of one call
  bool suspended = false;  // the region that floods is
};

class FloodTest : public testing::TestWithParam<FloodOf> {
 protected:
  void SetUp() override {
    if (GetParam().suspended) support::AddToParticipant(broker_, "1081", "suspended: true");
    ASSERT_TRUE(broker_.Start());
  }

  std::unique_ptr<Process> StartFlood() {
    std::vector<std::string> arguments = {support::ProgramPath("tests/trust-flooder"),
                                          "--municipality",
                                          support::kCode,
                                          "--what",
                                          GetParam().what,
                                          "--connections",
                                          "4",
                                          "--streams",
                                          absl::StrCat(kStreams)};
    const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion);
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    auto flood = std::make_unique<Process>(arguments);
    EXPECT_TRUE(flood->WaitForError([](const std::string& err) { return absl::StrContains(err, "flooding"); }))
        << flood->Err();
    return flood;
  }

  static bool AsksForStates() { return absl::string_view(GetParam().what) == "status"; }

  // Soon, so that states come with their proofs.
  BrokerProcess broker_{{.more = AsksForStates() ? "journal: {checkpoint_seconds: 1}\n" : ""}};
};

TEST_P(FloodTest, AnotherRegionIsServedAsEver) {
  const auto intake = broker_.Intake(support::kOtherRegion);
  Times warming;
  SubmitSteadily(*intake, warming);
  Times without;
  Times with;
  int64_t calls = 0;
  int64_t exceeded = 0;
  int64_t accepted = 0;
  int64_t suspended = 0;
  const absl::Time begin = absl::Now();
  for (int round = 0; round < kRounds; ++round) {
    SubmitSteadily(*intake, without);
    const std::unique_ptr<Process> flood = StartFlood();
    SubmitSteadily(*intake, with);
    flood->Signal(SIGTERM);
    const support::Ended ended = flood->Wait(absl::Seconds(150));  // its last calls may take a minute each
    ASSERT_EQ(ended.code, 0) << ended.err;
    const nlohmann::json answers = nlohmann::json::parse(ended.out);
    EXPECT_EQ(answers["rate_exceeded"], answers["with_delay"]);
    EXPECT_EQ(answers["failed"], 0) << ended.out;
    EXPECT_EQ(answers["suspended"], GetParam().suspended ? answers["calls"] : nlohmann::json(0)) << ended.out;
    if (AsksForStates()) {
      EXPECT_GT(answers["accepted"], 0) << ended.out;
      EXPECT_EQ(answers["with_proof"], answers["accepted"]) << ended.out;
    }
    calls += answers["calls"].get<int64_t>();
    exceeded += answers["rate_exceeded"].get<int64_t>();
    accepted += answers["accepted"].get<int64_t>();
    suspended += answers["suspended"].get<int64_t>();
  }
  const double may = kBurst + kPerSecond * absl::ToDoubleSeconds(absl::Now() - begin);
  EXPECT_LE(static_cast<double>((calls - exceeded - suspended) * GetParam().cost), may) << "no faster than agreed";
  EXPECT_EQ(without.refused, 0);
  EXPECT_EQ(with.refused, 0);
  std::puts(absl::StrFormat("flood of %s: %d calls, %d accepted, %d refused for the rate, %d as suspended\n"
                            "  a notice of another region, ms   without p50 %.2f p99 %.2f   with p50 %.2f p99 %.2f   "
                            "ratio of p99 %.1f",
                            GetParam().name, calls, accepted, exceeded, suspended, without.Quantile(0.5),
                            without.Quantile(0.99), with.Quantile(0.5), with.Quantile(0.99),
                            with.Quantile(0.99) / without.Quantile(0.99))
                .c_str());
  EXPECT_EQ(broker_.Stop().code, support::kDone);
}

INSTANTIATE_TEST_SUITE_P(Of, FloodTest,
                         testing::Values(FloodOf{"notices", "notices", 1}, FloodOf{"batches", "batches", 500},
                                         FloodOf{"improper", "improper", 1}, FloodOf{"lists", "lists", 50},
                                         FloodOf{"status", "status", 2}, FloodOf{"suspended", "notices", 1, true}),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace envej::trust
