#ifndef ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_
#define ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_

#include <httplib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"

namespace envej::deploy {

// A real broker that tells its metrics, on a port of its own, asks revocation and mirrors its journal.
class WatchedBroker {
 public:
  // With further lines of the configuration, and NAME=VALUE beside the test's own environment.
  explicit WatchedBroker(const std::string& more = "", const std::vector<std::string>& environment = {})
      : broker({.more = absl::StrCat("metrics: {listen: \"127.0.0.1:0\"}\n",
                                     "journal: {checkpoint_seconds: 1, mirror: mirror}\n", more),
                .revocation = true,
                .environment = environment}) {}

  // Starts it. False, with a failure recorded, if it does not serve.
  bool Start() {
    std::filesystem::create_directory(broker.folder().Path("mirror"));
    if (!broker.Start() || !broker.WaitForLog("\"metrics_served\"")) return false;
    port = PortOf("metrics_served");
    return true;
  }

  // The port that its log names in this event, which it has.
  int PortOf(const std::string& event) {
    const std::string log = broker.Log();
    return std::stoi(log.substr(log.find("\"port\":", log.find(absl::StrCat("\"", event, "\""))) + 7));
  }

  // What it tells now; empty if it does not answer.
  std::string Metrics() const {
    const httplib::Result answer = httplib::Client("127.0.0.1", port).Get("/metrics");
    return answer ? answer->body : "";
  }

  support::BrokerProcess broker;
  int port = 0;
};

}  // namespace envej::deploy

#endif  // ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_
