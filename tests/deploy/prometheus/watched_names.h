#ifndef ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_NAMES_H_
#define ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_NAMES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

namespace envej::deploy {

// A metric that a broker tells, as metrics.txt has it.
struct ListedMetric {
  std::string type;  // "counter", "gauge" or "histogram"
  bool always = false;
  std::set<std::string> labels;
};

// All that metrics.txt lists, by name; a failure is recorded for each line that cannot be read.
std::map<std::string, ListedMetric> ListedMetrics();

// A metric that a query names, and the labels by which it selects, aggregates, matches or lists it.
struct NamedMetric {
  std::string name;
  std::set<std::string> labels;
};

// The metrics of envej that a query in PromQL names, without the suffixes of a histogram's series.
std::vector<NamedMetric> NamedMetrics(const std::string& query);

// An alert of the rules.
struct Alert {
  std::string name;
  std::string query;
  std::string severity;
  std::map<std::string, std::string> annotations;
};

// All of deploy/prometheus/envej.rules.yml.
std::vector<Alert> Alerts();

// Every query of deploy/grafana/envej.json, those of its variables too.
std::vector<std::string> DashboardQueries();

// The names of the runbooks in deploy/runbooks, without suffix.
std::set<std::string> Runbooks();

// Of the unit tests of the rules: the alerts of which one says that it fires, and of which one says that it does not.
struct TestedAlerts {
  std::set<std::string> firing;
  std::set<std::string> silent;
};
TestedAlerts AlertsOfTests();

}  // namespace envej::deploy

#endif  // ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_NAMES_H_
