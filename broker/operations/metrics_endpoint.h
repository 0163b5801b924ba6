#ifndef ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_
#define ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "broker/operations/metrics.h"

namespace httplib {
class Server;
}

namespace envej::operations {

// Serves GET /metrics in plain HTTP on a loopback address, for a scraper on the same machine, on threads of its own,
// for as long as it lives.
class MetricsEndpoint {
 public:
  // `listen` is HOST:PORT or [IPV6]:PORT of the loopback network, as the options check it; port 0 lets the system
  // choose one. UNAVAILABLE if it cannot be listened on. The metrics must outlive it.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& listen, const Metrics& metrics);
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  int port() const { return port_; }

 private:
  explicit MetricsEndpoint(const Metrics& metrics);

  const std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_
