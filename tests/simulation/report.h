#ifndef ENVEJ_TESTS_SIMULATION_REPORT_H_
#define ENVEJ_TESTS_SIMULATION_REPORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/simulation/coverage.h"
#include "tests/simulation/medium.h"

namespace envej::simulation {

// Which seeds to run, over which store.
struct Runs {
  uint64_t from = 1;
  uint64_t seeds = 1;
  uint64_t steps = 250;         // of each seed, before it comes to rest
  uint64_t failures_most = 10;  // stops after so many seeds that failed
  std::function<std::unique_ptr<Medium>(uint64_t seed)> medium;
  std::string replay;  // how to run one seed again; its number stands behind it
};

// What came of them.
struct Report {
  uint64_t seeds = 0;
  uint64_t steps = 0;
  uint64_t violations = 0;
  Coverage coverage;
};

// Runs them one after the other; prints each violation with how to replay it.
Report RunSeeds(const Runs& runs, std::ostream& out);

// So many seeds meet every fault with every transition, and every answer that a client can get.
inline constexpr uint64_t kSeedsForTheTable = 2000;

// What the runs did not show although they should have, in words: cells of the table and answers that never came, and
// cells that cannot be. Nothing is missing from fewer than kSeedsForTheTable seeds.
std::vector<std::string> Gaps(const Report& report);

// The seeds, steps and faults, the table, and how many violations there were.
void Print(const Report& report, std::ostream& out);

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_REPORT_H_
