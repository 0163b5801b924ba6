// envej-benchmark: a running broker under load beside an empty call, with the same client and credentials, in one run.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/benchmark/call_loads.h"
#include "tests/benchmark/hl7_speed.h"
#include "tests/benchmark/inbox_depth.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/sealing_speed.h"
#include "tests/benchmark/stage.h"
#include "tests/benchmark/watching_cost.h"

namespace envej::benchmark {
namespace {

struct Options {
  double seconds = 3;
  int rounds = 5;
  int notices = 100'000;
  int watched_notices = 1'000'000;
  double watched_seconds = 10;
  std::vector<std::string> parts = {"sealing", "submission", "calls", "inbox", "watching", "hl7"};
  std::string output = "table";
  std::string programs;
  std::string directory;
};

std::string FromEnvironment(const char* name, const std::string& otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

bool Wanted(const Options& options, absl::string_view part) {
  return std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
}

// What is measured on one stage.
absl::Status MeasureLoads(const Options& options, Report& report) {
  const absl::Duration duration = absl::Seconds(options.seconds);
  absl::StatusOr<std::unique_ptr<Stage>> stage = Stage::Set(options.programs, options.directory);
  if (!stage.ok()) return stage.status();
  absl::Status status;
  if (Wanted(options, "sealing")) status = MeasureSealing(**stage, duration, options.rounds, report);
  if (status.ok() && Wanted(options, "submission")) {
    status = MeasureSubmission(**stage, duration, options.rounds, report);
  }
  if (status.ok() && Wanted(options, "calls")) status = MeasureCalls(**stage, duration, options.rounds, report);
  if (status.ok() && Wanted(options, "inbox")) {
    status = MeasureInboxDepth(**stage, options.notices, options.rounds, report);
  }
  if (!status.ok()) return status;
  return (*stage)->Stop();
}

// On a stage of its own, which is a few hours ahead.
absl::Status MeasureWatching(const Options& options, Report& report) {
  absl::StatusOr<std::unique_ptr<Stage>> stage =
      Stage::Set(options.programs, options.directory, /*can_skip_time=*/true);
  if (!stage.ok()) return stage.status();
  absl::Status status = MeasureWatchingCost(**stage, options.watched_notices, absl::Seconds(options.watched_seconds),
                                            options.rounds, report);
  if (!status.ok()) return status;
  return (*stage)->Stop();
}

absl::StatusOr<Report> Measure(const Options& options) {
  Report report;
  const bool watching = Wanted(options, "watching");
  const bool hl7 = Wanted(options, "hl7");
  absl::Status status;
  if (options.parts.size() > size_t{watching} + size_t{hl7}) status = MeasureLoads(options, report);
  if (status.ok() && watching) status = MeasureWatching(options, report);
  if (status.ok() && hl7) {
    status = MeasureHl7(options.programs, options.directory, absl::Seconds(options.seconds), options.rounds, report);
  }
  if (!status.ok()) return status;
  return report;
}

int Main(int argument_count, char** arguments) {
  Options options;
  options.programs = FromEnvironment("ENVEJ_BINARY_DIRECTORY", "build/release/bin");
  options.directory = FromEnvironment("TEST_TMPDIR", "build/release");
  CLI::App program("Measures a broker under load beside an empty call. Exit status 0 unless something failed to run.",
                   "envej-benchmark");
  program.add_option("--seconds", options.seconds, "of each load in a round")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  program.add_option("--rounds", options.rounds, "of which the median is shown")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  program.add_option("--notices", options.notices, "in the deep inbox")
      ->check(CLI::Range(500, 10'000'000))
      ->capture_default_str();
  program.add_option("--watched-notices", options.watched_notices, "in all inboxes together, while they are watched")
      ->check(CLI::Range(500, 10'000'000))
      ->capture_default_str();
  program.add_option("--watched-seconds", options.watched_seconds, "of each of the four loads in a round of watching")
      ->check(CLI::Range(0.01, 600.0))
      ->capture_default_str();
  program.add_option("--parts", options.parts, "what to measure")
      ->delimiter(',')
      ->check(CLI::IsMember({"sealing", "submission", "calls", "inbox", "watching", "hl7"}))
      ->capture_default_str();
  program.add_option("--output", options.output)->check(CLI::IsMember({"table", "json"}))->capture_default_str();
  program.add_option("--programs", options.programs, "the folder of the built programs")->capture_default_str();
  program.add_option("--directory", options.directory, "where the store is made for the time; on a real disk")
      ->capture_default_str();
  CLI11_PARSE(program, argument_count, arguments);

  const absl::StatusOr<Report> report = Measure(options);
  if (!report.ok()) {
    std::cerr << "envej-benchmark: " << report.status().ToString() << std::endl;
    return 1;
  }
  std::cout << (options.output == "json" ? ToJson(*report) : ToTable(*report)) << std::flush;
  return 0;
}

}  // namespace
}  // namespace envej::benchmark

int main(int argument_count, char** arguments) { return envej::benchmark::Main(argument_count, arguments); }
