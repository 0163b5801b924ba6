// Wards and mentor teams that call the real broker at the same time about the same notices, and whether every notice's
// calls could have come one after another as the specification says: exclusive leases, fencing, the first receipt for
// what is repeated. Some histories go on over crashes of the broker.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/histories/checker.h"
#include "tests/histories/recorded_clients.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/sanitizer.h"

namespace envej::histories {
namespace {

constexpr size_t kNotices = 8;
constexpr int kWards = 3;
constexpr int kTeams = 3;
constexpr int kHistoriesDefault = support::kUnderSanitizer ? 3 : 12;
constexpr int kHistoriesMost = 100'000;
constexpr int kCallsOfEach = 40;

int Histories() {
  const char* const text = std::getenv("ENVEJ_HISTORIES");
  int histories = 0;
  const bool said =
      text != nullptr && absl::SimpleAtoi(text, &histories) && histories >= 1 && histories <= kHistoriesMost;
  return said ? histories : kHistoriesDefault;
}

class HistoriesTest : public testing::Test {
 protected:
  // One history: all clients make their calls; meanwhile the broker is killed and started again so many times.
  void Run(int kills) {
    const support::BrokerSettings settings{.listen = support::FreeAddress(random_())};
    support::BrokerProcess broker(settings);
    ASSERT_TRUE(broker.Start());
    History history(kNotices);
    std::atomic<int> calling = kWards + kTeams;
    std::vector<std::thread> clients;
    for (int client = 0; client < kWards + kTeams; ++client) {
      clients.emplace_back([&, client] {
        RecordedWard ward(history, settings.listen, client);
        RecordedTeam team(history, settings.listen, client);
        for (int call = 0; call < kCallsOfEach; ++call) {
          client < kWards ? ward.CallOnce() : team.CallOnce();
          // So that calls come before, between and after the crashes.
          if (kills > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        --calling;
      });
    }
    bool serves = true;
    for (int kill = 0; kill < kills && serves && calling > 0; ++kill) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100 + random_() % 300));
      broker.Kill();
      serves = broker.Start();
    }
    for (std::thread& client : clients) client.join();
    ASSERT_TRUE(serves);
    EXPECT_EQ(broker.Stop().code, support::kDone);
    answered_ += history.answered();
    unanswered_ += history.unanswered();
    for (const auto& [id, calls] : history.calls()) {
      const Verdict verdict = Check(calls);
      too_much_ += verdict == Verdict::kTooMuch ? 1 : 0;
      ++checked_;
      EXPECT_TRUE(verdict != Verdict::kDoesNotHold) << id << "\n" << Describe(calls);
    }
  }
  void Tell(const char* what, int histories) const {
    std::cout << absl::StrCat(what, ": ", histories, " histories, ", checked_, " notices, ", answered_,
                              " calls answered, ", unanswered_, " not; ", too_much_, " too much to be judged")
              << std::endl;
    // Each is a notice about which nothing was found out.
    EXPECT_LE(too_much_, checked_ / 20);
  }

  std::mt19937 random_{std::random_device()()};
  size_t checked_ = 0;
  size_t too_much_ = 0;
  size_t answered_ = 0;
  size_t unanswered_ = 0;
};

TEST_F(HistoriesTest, CallsOfConcurrentClientsAreAsIfOneAfterAnother) {
  for (int history = 0; history < Histories() && !HasFailure(); ++history) Run(0);
  Tell("without crashes", Histories());
}

TEST_F(HistoriesTest, AlsoOverCrashesOfTheBroker) {
  const int histories = (Histories() + 2) / 3;
  for (int history = 0; history < histories && !HasFailure(); ++history) Run(3);
  Tell("with three crashes each", histories);
}

}  // namespace
}  // namespace envej::histories
