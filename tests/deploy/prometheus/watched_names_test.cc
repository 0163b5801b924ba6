// Rules, dashboard, runbooks and unit tests name the same metrics and alerts, and only those that there are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/deploy/prometheus/watched_names.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

// Also what Prometheus itself puts on every series, and a histogram on its buckets.
bool Has(const ListedMetric& metric, const std::string& label) {
  return metric.labels.contains(label) || label == "job" || label == "instance" ||
         (label == "le" && metric.type == "histogram");
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
      if (!Has(known->second, label)) unknown.insert(absl::StrCat(metric.name, "{", label, "}"));
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
  EXPECT_THAT(Unknown("envej_recovering + envej_gone"), ElementsAre("envej_gone"));
  EXPECT_THAT(Unknown("envej_inbox_waiting{region=~\"1.*\"}"), ElementsAre("envej_inbox_waiting{region}"));
}

TEST(WatchedNamesTest, ALabelThatAMetricLacksIsFoundWhereverAQueryNamesIt) {
  const std::set<std::pair<std::string, std::string>> unknown = {
      {"envej_inbox_waiting{le=\"1\"}", "envej_inbox_waiting{le}"},
      {"sum by (instance, region) (rate(envej_inbox_waiting[5m]) + 1)", "envej_inbox_waiting{region}"},
      {"sum without (region) (envej_inbox_waiting)", "envej_inbox_waiting{region}"},
      {"sum(envej_inbox_waiting) by (region) + envej_notices_accepted_total", "envej_inbox_waiting{region}"},
      {"envej_inbox_waiting unless on (instance, municipality) envej_recovering", "envej_recovering{municipality}"},
      {"envej_recovering * on (instance) group_left (register) envej_build_info", "envej_build_info{register}"},
      {"envej_build_info * on (instance) group_right (register) envej_recovering", "envej_build_info{register}"},
      {"label_values(envej_inbox_waiting{municipality!=\"\"}, region)", "envej_inbox_waiting{region}"}};
  for (const auto& [query, name] : unknown) EXPECT_THAT(Unknown(query), ElementsAre(name)) << query;
  for (const char* query : {"sum by (municipality, region) (envej_notices_accepted_total) / sum(envej_recovering)",
                            "envej_inbox_waiting unless on (instance, municipality) envej_inbox_leased",
                            "envej_recovering * on (instance) group_left (version) envej_build_info",
                            "label_values(envej_inbox_waiting, municipality)"}) {
    EXPECT_THAT(Unknown(query), IsEmpty()) << query;
  }
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

TEST(WatchedNamesTest, WhatIsOverdueIsSaidNotToBeFetchedInTimeAsItMayHaveBeenSince) {
  for (const Alert& alert : Alerts()) {
    if (alert.name != "EnvejNoticesOverdue") continue;
    EXPECT_THAT(alert.annotations.at("description"),
                AllOf(HasSubstr("ikke hentet i tide"), HasSubstr("not fetched in time")));
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
