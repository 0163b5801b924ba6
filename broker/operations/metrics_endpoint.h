#ifndef ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_
#define ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/operations/condition.h"
#include "broker/operations/metrics.h"
#include "certs/listening_sockets.h"

namespace envej::operations {

// What /readyz answers, wherever it is asked: whether the store can write. UNAVAILABLE, and one line that says why, if
// not.
absl::Status ReadinessOf(const Condition& condition);

// Serves GET /metrics, /healthz (200 as long as the process serves) and /readyz (200 if ReadinessOf is OK; 503, and its
// line, if not) in plain HTTP on a loopback address, for a scraper on the same machine, on a thread
// of its own, for as long as it lives. It serves one connection at a time, and one request on it, of at most 4 KiB,
// which must be whole within a second of being accepted; its answer must be taken within another. So whoever dawdles
// costs each other client some two seconds at most, and the endpoint's end nothing. When it cannot accept, for want of
// descriptors, it tries again every tenth of a second.
class MetricsEndpoint {
 public:
  // `listen` is HOST:PORT or [IPV6]:PORT of the loopback network, as the options check it; port 0 lets the system
  // choose one. UNAVAILABLE if it cannot be listened on. The metrics and the clock must outlive it.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& listen, const Metrics& metrics,
                                                                const Clock& clock);
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  int port() const { return listening_.port; }

 private:
  MetricsEndpoint(ListeningSockets listening, Descriptor stop, const Metrics& metrics, const Clock& clock);
  void Run() const;
  bool ServeOneOfEach() const;
  void Serve(int connection) const;
  std::optional<std::string> ReadRequest(int connection) const;
  std::string AnswerTo(absl::string_view request) const;
  bool Write(int connection, absl::string_view answer) const;
  void AwaitClose(int connection) const;
  bool WaitFor(int connection, short events, absl::Duration deadline) const;

  const ListeningSockets listening_;
  const Descriptor stop_;  // an eventfd: readable once the thread is to end
  const Metrics& metrics_;
  const Clock& clock_;
  std::thread thread_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_METRICS_ENDPOINT_H_
