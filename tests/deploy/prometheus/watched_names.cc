#include "tests/deploy/prometheus/watched_names.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>

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
  static const std::regex name(R"(\b(envej_[a-z0-9_]+)(\{[^}]*\})?)");
  static const std::regex label(R"(([a-z_]+)\s*(=~|!~|!=|=))");
  std::vector<NamedMetric> metrics;
  for (std::sregex_iterator found(query.begin(), query.end(), name), end; found != end; ++found) {
    NamedMetric metric{.name = WithoutSuffix((*found)[1]), .labels = {}};
    const std::string selectors = (*found)[2];
    for (std::sregex_iterator one(selectors.begin(), selectors.end(), label); one != end; ++one) {
      metric.labels.insert((*one)[1]);
    }
    metrics.push_back(metric);
  }
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
