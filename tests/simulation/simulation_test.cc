#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/memory_medium.h"
#include "tests/simulation/report.h"
#include "tests/simulation/rocksdb_medium.h"
#include "tests/support/sanitizer.h"

namespace envej::simulation {
namespace {

// A sanitizer looks at the memory, and the whole table needs it not.
constexpr uint64_t kSeeds = support::kUnderSanitizer ? 300 : kSeedsForTheTable;
constexpr uint64_t kRocksDbSeeds = support::kUnderSanitizer ? 10 : 40;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// ENVEJ_SIMULATION_SEED replays one seed; ENVEJ_SIMULATION_SEEDS sets how many are run.
TEST(SimulationTest, WhatWasPromisedHoldsWhateverFails) {
  const uint64_t one = FromEnvironment("ENVEJ_SIMULATION_SEED", 0);
  const Runs runs{.from = one != 0 ? one : 1,
                  .seeds = one != 0 ? 1 : FromEnvironment("ENVEJ_SIMULATION_SEEDS", kSeeds),
                  .medium = [](uint64_t) { return std::make_unique<MemoryMedium>(); },
                  .replay = "ENVEJ_SIMULATION_SEED="};
  const Report report = RunSeeds(runs, std::cout);
  Print(report, std::cout);
  EXPECT_EQ(report.violations, 0u);
  EXPECT_EQ(Gaps(report), std::vector<std::string>());
}

// ENVEJ_SIMULATION_ROCKSDB_SEEDS sets how many are run.
TEST(SimulationTest, WhatWasPromisedHoldsOnRocksDbOverADiskThatForgets) {
  const Runs runs{.seeds = FromEnvironment("ENVEJ_SIMULATION_ROCKSDB_SEEDS", kRocksDbSeeds),
                  .medium = RocksDbMedium::Make,
                  .replay = "build/dev/bin/tests/simulation --store rocksdb --replay "};
  const Report report = RunSeeds(runs, std::cout);
  Print(report, std::cout);
  EXPECT_EQ(report.violations, 0u);
  EXPECT_EQ(Gaps(report), std::vector<std::string>());
}

}  // namespace
}  // namespace envej::simulation
