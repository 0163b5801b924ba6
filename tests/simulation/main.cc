// simulation [--store memory|rocksdb] [--seeds N] [--from SEED] [--steps N] [--failures N] [--replay SEED]: runs seeds
// of the simulation and prints what came of them. Exit status: 0, or 1 for a violation, or 3 where the runs left a gap
// in the table.

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/memory_medium.h"
#include "tests/simulation/report.h"
#include "tests/simulation/rocksdb_medium.h"

int main(int argc, char** argv) {
  using namespace envej::simulation;
  CLI::App app("Drives inboxes and store with random clients, clocks, crashes and faults, and holds them to a model.");
  Runs runs{.seeds = kSeedsForTheTable,
            .medium = [](uint64_t) { return std::make_unique<MemoryMedium>(); },
            .replay = "simulation --replay "};
  uint64_t replay = 0;
  std::string store = "memory";
  app.add_option("--store", store, "memory, or rocksdb over a disk that forgets what was not synced")
      ->check(CLI::IsMember({"memory", "rocksdb"}));
  app.add_option("--seeds", runs.seeds, "how many seeds")->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40));
  app.add_option("--from", runs.from, "the first seed");
  app.add_option("--steps", runs.steps, "steps of each seed")->check(CLI::Range(uint64_t{1}, uint64_t{1} << 20));
  app.add_option("--failures", runs.failures_most, "stop after so many seeds that failed");
  app.add_option("--replay", replay, "one seed again, and nothing else");
  CLI11_PARSE(app, argc, argv);
  if (replay != 0) {
    runs.from = replay;
    runs.seeds = 1;
  }
  if (store == "rocksdb") {
    runs.medium = RocksDbMedium::Make;
    runs.replay = "simulation --store rocksdb --replay ";
  }
  const Report report = RunSeeds(runs, std::cout);
  Print(report, std::cout);
  if (report.violations > 0) return 1;
  const std::vector<std::string> gaps = Gaps(report);
  for (const std::string& gap : gaps) std::cout << "gap: " << gap << "\n";
  return gaps.empty() ? 0 : 3;
}
