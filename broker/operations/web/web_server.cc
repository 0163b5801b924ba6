#include "broker/operations/web/web_server.h"

#include <httplib.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/operations/web/thread_signals.h"

namespace envej::operations {
namespace {

constexpr int kBacklog = 64;

}  // namespace

// HTTP as httplib speaks it, on connections of ours: its own server gives each connection a thread for as long as it
// likes, and never another certificate.
class WebServer::Protocol final : public httplib::Server {
 public:
  Protocol(Site& site, const WebLimits& limits) {
    svr_sock_ = 0;  // any number: without one it takes the server for stopped and ends its streams
    set_default_headers(Site::SecurityHeaders());
    // What it tells clients; that it is so, the lobby and Serve see to.
    set_keep_alive_timeout(absl::ToInt64Seconds(limits.idle));
    set_keep_alive_max_count(static_cast<size_t>(limits.requests_per_connection));
    set_pre_routing_handler([&site](const httplib::Request& request, httplib::Response& response) {
      site.Answer(request, response, *current_);
      return HandlerResponse::Handled;
    });
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) { response.status = 500; });
  }
  ~Protocol() override { svr_sock_ = INVALID_SOCKET; }

  // Answers one request. False if the connection is to be closed, as it is where the request was not understood.
  bool Serve(TlsConnection& connection, bool is_last) {
    current_ = &connection;
    connection.is_to_close = true;
    bool closed = false;
    const bool answered = process_request(connection, is_last, closed, [&](httplib::Request& request) {
      connection.is_to_close = is_last;
      // Parts of what is this small, and its compression, cost more than they save; many parts of one file would cost
      // any amount.
      request.ranges.clear();
      request.headers.erase("Range");
      request.headers.erase("Accept-Encoding");
    });
    current_ = nullptr;
    return answered && !closed && !connection.is_to_close;
  }

 private:
  static thread_local TlsConnection* current_;  // whose request this thread answers
};

thread_local TlsConnection* WebServer::Protocol::current_ = nullptr;

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Start(const std::string& listen, WebSources sources,
                                                            const certs::ServerContext& context, const Clock& clock,
                                                            const WebLimits& limits) {
  absl::StatusOr<Assets> assets = Assets::Read();
  if (!assets.ok()) return assets.status();
  absl::StatusOr<ListeningSockets> listening = Listen(listen, kBacklog);
  if (!listening.ok()) {
    return absl::UnavailableError(
        absl::StrCat("operations: ", listening.status().message(), "; another address goes under operations.listen"));
  }
  Descriptor stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop.number() < 0 || wake.number() < 0) {
    return absl::UnavailableError(absl::StrCat("the pages for operations cannot be served: ", strerror(errno)));
  }
  std::unique_ptr<WebServer> server(
      new WebServer(std::move(sources), *std::move(assets), std::move(stop), clock, limits));
  server->lobby_ = std::make_unique<Lobby>(
      *std::move(listening), server->stop_.number(), std::move(wake), context, server->limits_, clock,
      [made = server.get()](std::unique_ptr<TlsConnection> connection) { made->Hand(std::move(connection)); });
  for (size_t worker = 0; worker < limits.workers; ++worker) {
    server->workers_.emplace_back([made = server.get()] { made->Run(); });
  }
  return server;
}

WebServer::WebServer(WebSources sources, Assets assets, Descriptor stop, const Clock& clock, const WebLimits& limits)
    : limits_(limits),
      sources_(std::move(sources)),
      assets_(std::move(assets)),
      stop_(std::move(stop)),
      feed_(sources_.answers, limits_, clock),
      site_(sources_, assets_, feed_, limits_, clock),
      protocol_(std::make_unique<Protocol>(site_, limits_)) {}

WebServer::~WebServer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    work_.NotifyAll();
  }
  feed_.Stop();
  eventfd_write(stop_.number(), 1);
  for (std::thread& worker : workers_) worker.join();
}

void WebServer::Hand(std::unique_ptr<TlsConnection> connection) {
  if (!site_.Receive(*connection)) return;  // which closes it
  const MutexLock lock(mutex_);
  if (queue_.size() >= limits_.queue) return;
  queue_.push_back(std::move(connection));
  work_.NotifyOne();
}

void WebServer::Run() {
  IgnoreBrokenPipes();
  for (;;) {
    std::unique_ptr<TlsConnection> connection;
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && queue_.empty()) work_.Wait(mutex_);
      if (stopping_) return;
      connection = std::move(queue_.front());
      queue_.pop_front();
    }
    Serve(std::move(connection));
  }
}

void WebServer::Serve(std::unique_ptr<TlsConnection> connection) {
  for (;;) {
    const bool is_last = ++connection->requests >= limits_.requests_per_connection;
    connection->BeginRequest();
    if (!protocol_->Serve(*connection, is_last)) return connection->End();
    if (!connection->HasMore()) break;
    if (!site_.Receive(*connection)) return;
  }
  connection->place = nullptr;
  lobby_->Keep(std::move(connection));
}

}  // namespace envej::operations
