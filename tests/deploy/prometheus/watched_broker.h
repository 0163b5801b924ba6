#ifndef ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_
#define ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_

#include <httplib.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"

namespace envej::deploy {

// A real broker that tells its metrics, on a port of its own, asks revocation and mirrors its journal.
class WatchedBroker {
 public:
  // Starts it. False, with a failure recorded, if it does not serve.
  bool Start() {
    std::filesystem::create_directory(broker.folder().Path("mirror"));
    if (!broker.Start() || !broker.WaitForLog("\"metrics_served\"")) return false;
    const std::string log = broker.Log();
    port = std::stoi(log.substr(log.find("\"port\":", log.find("\"metrics_served\"")) + 7));
    return true;
  }

  // What it tells now; empty if it does not answer.
  std::string Metrics() const {
    const httplib::Result answer = httplib::Client("127.0.0.1", port).Get("/metrics");
    return answer ? answer->body : "";
  }

  support::BrokerProcess broker{
      {.more = "metrics: {listen: \"127.0.0.1:0\"}\njournal: {checkpoint_seconds: 1, mirror: mirror}\n",
       .revocation = true}};
  int port = 0;
};

}  // namespace envej::deploy

#endif  // ENVEJ_TESTS_DEPLOY_PROMETHEUS_WATCHED_BROKER_H_
