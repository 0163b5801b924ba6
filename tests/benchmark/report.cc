#include "tests/benchmark/report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace envej::benchmark {
namespace {

double MedianOf(const std::vector<Figures>& samples, double Figures::*column) {
  std::vector<double> values;
  for (const Figures& figures : samples) values.push_back(figures.*column);
  return Quantile(std::move(values), 0.5);
}

struct Medians {
  double rate;
  double median_milliseconds;
  double p99_milliseconds;
  double server_microseconds;
};

Medians MediansOf(const Row& row) {
  return {.rate = MedianOf(row.samples, &Figures::calls_per_second) * row.per_call,
          .median_milliseconds = MedianOf(row.samples, &Figures::median_milliseconds),
          .p99_milliseconds = MedianOf(row.samples, &Figures::p99_milliseconds),
          .server_microseconds = MedianOf(row.samples, &Figures::server_microseconds) / row.per_call};
}

std::string Goal(const Ratio& ratio) {
  if (!ratio.goal.has_value()) return "";
  return absl::StrFormat("%s %.2f", ratio.at_least ? "at least" : "less than", *ratio.goal);
}

}  // namespace

double Ratio::Median() const { return Quantile(samples, 0.5); }

bool Ratio::Met() const { return !goal.has_value() || (at_least ? Median() >= *goal : Median() < *goal); }

std::string ToTable(const Report& report) {
  std::string table =
      absl::StrFormat("%-52s %10s %-8s %10s %10s %12s\n", "", "a second", "", "median ms", "p99 ms", "processor us");
  for (const Row& row : report.rows) {
    const Medians medians = MediansOf(row);
    absl::StrAppendFormat(&table, "%-52s %10.0f %-8s %10.3f %10.3f", row.name, medians.rate, row.unit,
                          medians.median_milliseconds, medians.p99_milliseconds);
    if (medians.server_microseconds > 0) absl::StrAppendFormat(&table, " %12.1f", medians.server_microseconds);
    table += "\n";
  }
  absl::StrAppendFormat(&table, "\n%-52s %10s %-14s %-8s %s\n", "", "ratio", "goal", "", "by round");
  for (const Ratio& ratio : report.ratios) {
    const char* const verdict = !ratio.goal.has_value() ? "" : ratio.Met() ? "met" : "NOT MET";
    absl::StrAppendFormat(&table, "%-52s %10.3f %-14s %-8s", ratio.name, ratio.Median(), Goal(ratio), verdict);
    for (const double sample : ratio.samples) absl::StrAppendFormat(&table, " %.3f", sample);
    table += "\n";
  }
  return table;
}

std::string ToJson(const Report& report) {
  nlohmann::ordered_json json;
  for (const Row& row : report.rows) {
    const Medians medians = MediansOf(row);
    json["figures"].push_back({{"name", row.name},
                               {"unit", row.unit},
                               {"per_second", medians.rate},
                               {"median_milliseconds", medians.median_milliseconds},
                               {"p99_milliseconds", medians.p99_milliseconds},
                               {"server_microseconds", medians.server_microseconds}});
  }
  for (const Ratio& ratio : report.ratios) {
    nlohmann::ordered_json entry = {{"name", ratio.name}, {"ratio", ratio.Median()}};
    if (ratio.goal.has_value()) entry.update({{"goal", Goal(ratio)}, {"met", ratio.Met()}});
    entry["rounds"] = ratio.samples;
    json["ratios"].push_back(std::move(entry));
  }
  return json.dump(2) + "\n";
}

}  // namespace envej::benchmark
