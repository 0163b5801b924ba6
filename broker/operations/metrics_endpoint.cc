#include "broker/operations/metrics_endpoint.h"

#include <httplib.h>

#include <chrono>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace envej::operations {
namespace {

constexpr size_t kThreads = 2;
constexpr time_t kSecondsMost = 5;  // to read a request, and to write an answer
constexpr size_t kCallsOfAConnection = 100;
constexpr int kLooksMost = 5000;
constexpr std::chrono::milliseconds kBetweenLooks(1);

// By itself the library lets another process listen on the same port.
void NotShared(socket_t socket) {
  constexpr int kYes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &kYes, sizeof kYes);
}

}  // namespace

MetricsEndpoint::MetricsEndpoint(const Metrics& metrics) : server_(std::make_unique<httplib::Server>()) {
  server_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server_->set_socket_options(NotShared);
  server_->set_read_timeout(kSecondsMost);
  server_->set_write_timeout(kSecondsMost);
  server_->set_keep_alive_timeout(kSecondsMost);
  server_->set_keep_alive_max_count(kCallsOfAConnection);
  server_->set_payload_max_length(0);
  server_->Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics.Text(), "text/plain; version=0.0.4; charset=utf-8");
  });
}

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(const std::string& listen,
                                                                        const Metrics& metrics) {
  const size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(absl::string_view(listen).substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(listen, " is not HOST:PORT"));
  }
  auto endpoint = std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(metrics));
  endpoint->port_ = port == 0 ? endpoint->server_->bind_to_any_port(host.c_str())
                              : (endpoint->server_->bind_to_port(host.c_str(), port) ? port : -1);
  if (endpoint->port_ <= 0) {
    return absl::UnavailableError(absl::StrCat("metrics cannot be served on ", listen,
                                               ": is the port taken? name another one under metrics.listen"));
  }
  endpoint->thread_ = std::thread([server = endpoint->server_.get()] { server->listen_after_bind(); });
  // Asked to stop before it runs, it would not.
  for (int look = 0; !endpoint->server_->is_running(); ++look) {
    if (look == kLooksMost) return absl::UnavailableError("the server of the metrics does not start");
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return endpoint;
}

MetricsEndpoint::~MetricsEndpoint() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace envej::operations
