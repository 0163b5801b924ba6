#ifndef ENVEJ_TESTS_BENCHMARK_REPORT_H_
#define ENVEJ_TESTS_BENCHMARK_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/benchmark/load.h"

namespace envej::benchmark {

// One thing measured, a sample a round; a row shows the median of each column over the rounds. The processor
// time, of the server or of who does it alone, is of a unit, the milliseconds are of a call.
struct Row {
  std::string name;
  std::string unit;     // of the rate
  double per_call = 1;  // units in a call
  std::vector<Figures> samples;
};

// A ratio, and what it is to be where there is a goal; a sample a round.
struct Ratio {
  std::string name;
  std::vector<double> samples;
  std::optional<double> goal;
  bool at_least = true;  // the goal; otherwise less than it

  double Median() const;
  bool Met() const;  // also if there is no goal
};

struct Report {
  std::vector<Row> rows;
  std::vector<Ratio> ratios;
};

// A table for people, and the same for programs.
std::string ToTable(const Report& report);
std::string ToJson(const Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_REPORT_H_
