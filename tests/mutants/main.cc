// mutants --source FOLDER --build FOLDER [--only N] [--jobs N]: switches each guard of mutants.txt off by itself, and
// wants the simulation to find it. Prints each, those that survive again, and found/planted. Exit status: 0 only if all
// are found.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/mutants/workshop.h"

namespace envej::mutants {
namespace {

struct Choice {
  size_t only = 0;  // 0: all
  size_t jobs = 1;
};

// The mutants that were not found, or could not be tried, in words.
std::vector<std::string> TryAll(const Workshop& workshop, const std::vector<Mutant>& mutants, const Choice& choice) {
  std::vector<std::string> survivors;
  std::mutex mutex;
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t index = next++; index < mutants.size(); index = next++) {
      if (choice.only != 0 && choice.only != index + 1) continue;
      const Mutant& mutant = mutants[index];
      const absl::StatusOr<Verdict> verdict = workshop.Try(mutant, index + 1);
      const std::string what = absl::StrCat(index + 1, " ", mutant.file, ": ", mutant.breaks);
      const std::lock_guard<std::mutex> lock(mutex);
      if (verdict.ok() && verdict->is_found) {
        std::cout << "found    " << what << " [" << verdict->how << "]" << std::endl;
        continue;
      }
      const std::string why = verdict.ok() ? verdict->how : std::string(verdict.status().message());
      std::cout << (verdict.ok() ? "SURVIVED " : "ERROR    ") << what << " [" << why << "]" << std::endl;
      survivors.push_back(what);
    }
  };
  std::vector<std::thread> workers;
  for (size_t job = 0; job < choice.jobs; ++job) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return survivors;
}

int Run(const std::string& source, const std::string& build, const Workshop::Seeds& seeds, const Choice& choice) {
  std::ifstream file(source + "/tests/mutants/mutants.txt", std::ios::binary);
  const absl::StatusOr<std::vector<Mutant>> mutants =
      ParseMutants(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!mutants.ok()) {
    std::cerr << "mutants: " << mutants.status().message() << "\n";
    return 2;
  }
  const absl::StatusOr<Workshop> workshop = Workshop::Open(source, build, seeds);
  if (!workshop.ok()) {
    std::cerr << "mutants: " << workshop.status().message() << "\n";
    return 2;
  }
  const std::vector<std::string> survivors = TryAll(*workshop, *mutants, choice);
  const size_t planted = choice.only != 0 ? 1 : mutants->size();
  for (const std::string& survivor : survivors) std::cout << "not found: " << survivor << "\n";
  std::cout << "mutants: found " << planted - survivors.size() << ", planted " << planted << ", each within "
            << seeds.memory << " seeds in memory or " << seeds.rocksdb << " on RocksDB" << std::endl;
  return survivors.empty() ? 0 : 1;
}

}  // namespace
}  // namespace envej::mutants

int main(int argc, char** argv) {
  CLI::App app("Switches each guard off by itself, and wants the simulation to find it.");
  std::string source;
  std::string build;
  envej::mutants::Workshop::Seeds seeds;
  envej::mutants::Choice choice{.only = 0, .jobs = std::max(1u, std::thread::hardware_concurrency())};
  app.add_option("--source", source, "the tree")->required();
  app.add_option("--build", build, "its build folder, with the simulation in it")->required();
  app.add_option("--seeds", seeds.memory, "how many seeds each mutant has in memory");
  app.add_option("--rocksdb-seeds", seeds.rocksdb, "and on RocksDB");
  app.add_option("--only", choice.only, "one mutant, by its number");
  app.add_option("--jobs", choice.jobs, "how many at a time")->check(CLI::Range(1, 64));
  CLI11_PARSE(app, argc, argv);
  return envej::mutants::Run(source, build, seeds, choice);
}
