#include "tests/deploy/prometheus/watched_names.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

std::filesystem::path TestsFolder() {
  return std::filesystem::path(std::getenv("ENVEJ_SOURCE_DIRECTORY")) / "tests/deploy/prometheus";
}

// The series of a histogram belong to the histogram.
std::string WithoutSuffix(const std::string& series) {
  static const std::regex suffix("_(bucket|sum|count)$");
  return std::regex_replace(series, suffix, "");
}

void CollectQueries(const nlohmann::json& value, std::vector<std::string>& queries) {
  if (value.is_object()) {
    for (const char* key : {"expr", "query"}) {
      if (value.contains(key) && value[key].is_string()) queries.push_back(value[key]);
    }
  }
  if (!value.is_structured()) return;
  for (const nlohmann::json& part : value) CollectQueries(part, queries);
}

// The metrics that a query names, in their order, by where they stand in it.
using PlacedMetrics = std::map<size_t, NamedMetric>;

PlacedMetrics SelectedMetrics(const std::string& query) {
  static const std::regex name(R"(\b(envej_[a-z0-9_]+)(\{[^}]*\})?)");
  static const std::regex label(R"(([a-z_]+)\s*(=~|!~|!=|=))");
  PlacedMetrics metrics;
  for (std::sregex_iterator found(query.begin(), query.end(), name), end; found != end; ++found) {
    NamedMetric& metric = metrics[static_cast<size_t>(found->position())];
    metric.name = WithoutSuffix((*found)[1]);
    const std::string selectors = (*found)[2];
    for (std::sregex_iterator one(selectors.begin(), selectors.end(), label); one != end; ++one) {
      metric.labels.insert((*one)[1]);
    }
  }
  return metrics;
}

// Where the parenthesis at `open` is closed; the query's end if it is not.
size_t ClosingOf(const std::string& query, size_t open) {
  int depth = 0;
  for (size_t place = open; place < query.size(); ++place) {
    if (query[place] == '(') ++depth;
    if (query[place] == ')' && --depth == 0) return place;
  }
  return query.size();
}

// The metrics that a clause of the query, which ends at `end`, speaks of: one of aggregation, of all that is
// aggregated; one of matching, of those on its sides, and group_left and group_right of that on the one side whose
// labels they take.
std::pair<PlacedMetrics::iterator, PlacedMetrics::iterator> SpokenOf(const std::string& query,
                                                                     const std::string& clause, size_t end,
                                                                     PlacedMetrics& metrics) {
  const auto after = metrics.lower_bound(end);
  const auto before = after == metrics.begin() ? after : std::prev(after);
  const auto behind = after == metrics.end() ? after : std::next(after);
  if (clause == "group_left") return {after, behind};
  if (clause == "group_right") return {before, after};
  if (clause == "on") return {before, behind};
  const size_t operand = query.find_first_not_of(" \n", end);
  if (operand == std::string::npos || query[operand] != '(') return {before, after};  // it stands after what it is of
  return {after, metrics.lower_bound(ClosingOf(query, operand))};
}

void AddLabelsOfClauses(const std::string& query, PlacedMetrics& metrics) {
  static const std::regex clauses(
      R"(\b(by|without|on|group_left|group_right)\s*\(\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)\s*\))");
  for (std::sregex_iterator found(query.begin(), query.end(), clauses), end; found != end; ++found) {
    const std::vector<std::string> labels =
        absl::StrSplit((*found)[2].str(), absl::ByAnyChar(", \n"), absl::SkipEmpty());
    const auto behind = static_cast<size_t>(found->position() + found->length());
    const auto [first, last] = SpokenOf(query, (*found)[1], behind, metrics);
    for (auto metric = first; metric != last; ++metric) metric->second.labels.insert(labels.begin(), labels.end());
  }
}

// What Grafana asks for a variable: label_values(METRIC, LABEL).
void AddListedLabels(const std::string& query, PlacedMetrics& metrics) {
  static const std::regex listed(R"(\blabel_values\(.*,\s*([a-z_]+)\s*\))");
  std::smatch found;
  if (!std::regex_search(query, found, listed)) return;
  for (auto& [place, metric] : metrics) metric.labels.insert(found[1]);
}

}  // namespace

std::map<std::string, ListedMetric> ListedMetrics() {
  std::map<std::string, ListedMetric> metrics;
  const std::string text = ReadFile(TestsFolder() / "metrics.txt");
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, "#")) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    const bool is_metric = words.size() >= 3 && (words[2] == "always" || words[2] == "rarely") &&
                           (words[1] == "counter" || words[1] == "gauge" || words[1] == "histogram");
    EXPECT_TRUE(is_metric) << line;
    if (!is_metric) continue;
    const bool is_new =
        metrics.insert({words[0], {words[1], words[2] == "always", {words.begin() + 3, words.end()}}}).second;
    EXPECT_TRUE(is_new) << line;
  }
  return metrics;
}

std::vector<NamedMetric> NamedMetrics(const std::string& query) {
  PlacedMetrics placed = SelectedMetrics(query);
  AddLabelsOfClauses(query, placed);
  AddListedLabels(query, placed);
  std::vector<NamedMetric> metrics;
  for (auto& [place, metric] : placed) metrics.push_back(std::move(metric));
  return metrics;
}

std::vector<Alert> Alerts() {
  std::vector<Alert> alerts;
  for (const YAML::Node& group : YAML::LoadFile(DeployPath("prometheus/envej.rules.yml"))["groups"]) {
    for (const YAML::Node& rule : group["rules"]) {
      Alert alert{.name = rule["alert"].as<std::string>(),
                  .query = rule["expr"].as<std::string>(),
                  .severity = rule["labels"]["severity"].as<std::string>(),
                  .annotations = rule["annotations"].as<std::map<std::string, std::string>>()};
      alerts.push_back(std::move(alert));
    }
  }
  return alerts;
}

std::vector<std::string> DashboardQueries() {
  std::vector<std::string> queries;
  CollectQueries(nlohmann::json::parse(ReadFile(DeployPath("grafana/envej.json"))), queries);
  return queries;
}

std::set<std::string> Runbooks() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(DeployPath("runbooks"))) {
    EXPECT_EQ(file.path().extension(), ".md") << file.path();
    if (file.path().stem() != "README") names.insert(file.path().stem());
  }
  return names;
}

TestedAlerts AlertsOfTests() {
  static const std::regex name("alertname=\"([A-Za-z]+)\"");
  TestedAlerts tested;
  for (const auto& file : std::filesystem::directory_iterator(TestsFolder())) {
    if (!absl::EndsWith(file.path().string(), ".test.yml")) continue;
    for (const YAML::Node& test : YAML::LoadFile(file.path())["tests"]) {
      for (const YAML::Node& expected : test["promql_expr_test"]) {
        const std::string query = expected["expr"].as<std::string>();
        std::smatch found;
        const bool names_one = std::regex_search(query, found, name);
        EXPECT_TRUE(names_one) << query;
        if (names_one) (expected["exp_samples"].size() == 0 ? tested.silent : tested.firing).insert(found[1]);
      }
    }
  }
  return tested;
}

}  // namespace envej::deploy
