// Rules, dashboard, runbooks and unit tests name the same metrics and alerts, and only those that there are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/deploy/prometheus/watched_names.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

// What Prometheus itself puts on every series, and a histogram on its buckets.
const std::set<std::string>& LabelsOfPrometheus() {
  static const auto* labels = new std::set<std::string>{"job", "instance", "le"};
  return *labels;
}

// What a query names that no broker tells.
std::set<std::string> Unknown(const std::string& query) {
  const std::map<std::string, ListedMetric> listed = ListedMetrics();
  std::set<std::string> unknown;
  for (const NamedMetric& metric : NamedMetrics(query)) {
    const auto known = listed.find(metric.name);
    if (known == listed.end()) {
      unknown.insert(metric.name);
      continue;
    }
    for (const std::string& label : metric.labels) {
      if (!known->second.labels.contains(label) && !LabelsOfPrometheus().contains(label)) {
        unknown.insert(absl::StrCat(metric.name, "{", label, "}"));
      }
    }
  }
  return unknown;
}

std::set<std::string> AlertNames() {
  std::set<std::string> names;
  for (const Alert& alert : Alerts()) names.insert(alert.name);
  return names;
}

TEST(WatchedNamesTest, AQueryOfWhatNoBrokerTellsIsFound) {
  EXPECT_THAT(Unknown("sum(rate(envej_store_sync_seconds_bucket{le=\"1\"}[5m])) + envej_recovering{job=\"envej\"}"),
              IsEmpty());
  EXPECT_THAT(Unknown("envej_recovering + envej_gone"), ::testing::ElementsAre("envej_gone"));
  EXPECT_THAT(Unknown("envej_inbox_waiting{region=~\"1.*\"}"), ::testing::ElementsAre("envej_inbox_waiting{region}"));
}

TEST(WatchedNamesTest, TheRulesNameOnlyMetricsThatAre) {
  for (const Alert& alert : Alerts()) EXPECT_THAT(Unknown(alert.query), IsEmpty()) << alert.name;
}

TEST(WatchedNamesTest, TheDashboardNamesOnlyMetricsThatAreAndAllOfThem) {
  std::set<std::string> named;
  for (const std::string& query : DashboardQueries()) {
    EXPECT_THAT(Unknown(query), IsEmpty()) << query;
    for (const NamedMetric& metric : NamedMetrics(query)) named.insert(metric.name);
  }
  for (const auto& [name, metric] : ListedMetrics()) EXPECT_TRUE(named.contains(name)) << name << " is shown nowhere";
}

TEST(WatchedNamesTest, EveryAlertSaysInDanishAndEnglishWhatItIsAndLinksToItsRunbook) {
  for (const Alert& alert : Alerts()) {
    EXPECT_THAT(alert.severity, MatchesRegex("warning|critical")) << alert.name;
    ASSERT_THAT(alert.annotations, SizeIs(3)) << alert.name;
    EXPECT_THAT(alert.annotations.at("summary"), HasSubstr(" / ")) << alert.name;
    EXPECT_THAT(alert.annotations.at("description"), HasSubstr(" / ")) << alert.name;
    EXPECT_EQ(alert.annotations.at("runbook_url"), absl::StrCat("deploy/runbooks/", alert.name, ".md"));
  }
}

TEST(WatchedNamesTest, EveryAlertHasARunbookAndEveryRunbookAnAlert) { EXPECT_EQ(Runbooks(), AlertNames()); }

TEST(WatchedNamesTest, EveryAlertIsTestedToFireAndNotToFire) {
  const TestedAlerts tested = AlertsOfTests();
  EXPECT_EQ(tested.firing, AlertNames());
  EXPECT_EQ(tested.silent, AlertNames());
}

TEST(WatchedNamesTest, RunbooksSayAllFourThingsAndTheirLinksAndMetricsAre) {
  const std::regex link(R"(\]\(([^)#]+)[^)]*\))");
  for (const std::string& name : Runbooks()) {
    const std::string text = ReadFile(DeployPath(absl::StrCat("runbooks/", name, ".md")));
    EXPECT_TRUE(absl::StartsWith(text, absl::StrCat("# ", name, "\n\n**Dansk**: "))) << name;
    for (const char* part : {"\n## What it means\n", "\n## Look at\n", "\n## Do\n", "\n## Never\n"}) {
      EXPECT_THAT(text, HasSubstr(part)) << name;
    }
    EXPECT_THAT(Unknown(text), IsEmpty()) << name;
    for (std::sregex_iterator found(text.begin(), text.end(), link), end; found != end; ++found) {
      const std::string target = (*found)[1];
      EXPECT_TRUE(std::filesystem::exists(DeployPath(absl::StrCat("runbooks/", target)))) << name << ": " << target;
    }
  }
  EXPECT_TRUE(std::filesystem::exists(DeployPath("runbooks/README.md")));
}

}  // namespace
}  // namespace envej::deploy
