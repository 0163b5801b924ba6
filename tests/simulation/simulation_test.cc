#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace envej::simulation {
namespace {

constexpr uint64_t kSeeds = 300;
constexpr int kSteps = 400;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// ENVEJ_SIMULATION_SEED replays one seed; ENVEJ_SIMULATION_SEEDS sets how many are run.
TEST(SimulationTest, WhatWasPromisedHoldsUnderCrashesRetriesAndClockJumps) {
  const uint64_t one = FromEnvironment("ENVEJ_SIMULATION_SEED", 0);
  const uint64_t first = one != 0 ? one : 1;
  const uint64_t last = one != 0 ? one : FromEnvironment("ENVEJ_SIMULATION_SEEDS", kSeeds);
  Counts counts;
  uint64_t violations = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    Simulation simulation(seed);
    simulation.Run(kSteps);
    for (const auto& [what, count] : simulation.counts()) counts[what] += count;
    for (const std::string& violation : simulation.violations()) {
      ++violations;
      ADD_FAILURE() << violation << "; replay with ENVEJ_SIMULATION_SEED=" << seed;
    }
    ASSERT_LT(violations, 20u);
  }
  std::cout << "seeds " << last - first + 1 << ", steps " << (last - first + 1) * kSteps << "\n";
  for (const auto& [what, count] : counts) std::cout << "  " << what << " " << count << "\n";
  std::cout << violations << " violations\n";
  if (one == 0) {
    for (const char* what : {"submit", "submit again", "submit other content", "pull", "delivered", "acknowledge",
                             "return", "extend", "crash", "write fails", "clock jumps", "clock stops"}) {
      EXPECT_GT(counts[what], 0u) << what << " never happened";
    }
  }
}

}  // namespace
}  // namespace envej::simulation
