#ifndef ENVEJ_TESTS_DEPLOY_PROMETHEUS_PROMETHEUS_PROCESS_H_
#define ENVEJ_TESTS_DEPLOY_PROMETHEUS_PROMETHEUS_PROCESS_H_

#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/deploy/support/program_run.h"
#include "tests/support/free_address.h"
#include "tests/support/process.h"

namespace envej::deploy {

// Prometheus with the rules and the configuration of deploy/prometheus, but that it looks each second, and that what
// holds for a second is told.
class PrometheusProcess {
 public:
  PrometheusProcess(const std::filesystem::path& folder, int broker_port)
      : address_(support::FreeAddress(std::random_device{}())) {
    static const std::regex hold(R"(\bfor: \d+[smh])");
    const std::string rules = ReadFile(DeployPath("prometheus/envej.rules.yml"));
    WriteFile(folder / "envej.rules.yml", std::regex_replace(rules, hold, "for: 1s"));
    std::string configuration = ReadFile(DeployPath("prometheus/prometheus.yml"));
    const int replaced = absl::StrReplaceAll({{"_interval: 15s", "_interval: 1s"},
                                              {"scrape_timeout: 10s", "scrape_timeout: 1s"},
                                              {"127.0.0.1:9464", absl::StrCat("127.0.0.1:", broker_port)},
                                              {"[\"127.0.0.1:9093\"]", "[]"}},  // nobody is to be told
                                             &configuration);
    EXPECT_EQ(replaced, 6);
    WriteFile(folder / "prometheus.yml", configuration);
    process_ = std::make_unique<support::Process>(std::vector<std::string>{
        "/usr/bin/prometheus", absl::StrCat("--config.file=", (folder / "prometheus.yml").string()),
        absl::StrCat("--storage.tsdb.path=", (folder / "data").string()),
        absl::StrCat("--web.listen-address=", address_), "--log.level=warn"});
  }

  // The state of the alert: "firing", "pending" or "inactive"; empty while nothing answers.
  std::string StateOf(const std::string& alert) const {
    const httplib::Result answer = httplib::Client(absl::StrCat("http://", address_)).Get("/api/v1/rules?type=alert");
    if (!answer || answer->status != 200) return "";
    const nlohmann::json rules = nlohmann::json::parse(answer->body);
    for (const nlohmann::json& group : rules["data"]["groups"]) {
      for (const nlohmann::json& rule : group["rules"]) {
        if (rule["name"] == alert && rule["health"] == "ok") return rule["state"];
      }
    }
    return "";
  }

  static constexpr absl::Duration kMost = absl::Seconds(60);
  // Waits for it; false when it has not come within kMost.
  bool WaitFor(const std::string& alert, const std::string& state) const {
    const absl::Time deadline = absl::Now() + kMost;
    while (StateOf(alert) != state) {
      if (absl::Now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return true;
  }

  // Every rule could be evaluated on what the broker tells.
  std::string BrokenRules() const {
    const httplib::Result answer = httplib::Client(absl::StrCat("http://", address_)).Get("/api/v1/rules?type=alert");
    if (!answer) return "no answer";
    std::string broken;
    const nlohmann::json rules = nlohmann::json::parse(answer->body);
    for (const nlohmann::json& group : rules["data"]["groups"]) {
      for (const nlohmann::json& rule : group["rules"]) {
        if (rule["health"] != "ok") absl::StrAppend(&broken, rule.dump(), "\n");
      }
    }
    return broken;
  }

  std::string Err() { return process_->Err(); }

 private:
  const std::string address_;
  std::unique_ptr<support::Process> process_;
};

}  // namespace envej::deploy

#endif  // ENVEJ_TESTS_DEPLOY_PROMETHEUS_PROMETHEUS_PROCESS_H_
