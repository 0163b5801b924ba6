#include "certs/https/https_server.h"

#include <httplib.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/https/thread_signals.h"

namespace envej::https {
namespace {

constexpr int kBacklog = 64;

}  // namespace

// HTTP as httplib speaks it, on connections of ours: its own server gives each connection a thread for as long as it
// likes, and never another certificate.
class HttpsServer::Protocol final : public httplib::Server {
 public:
  Protocol(HttpsHandler& handler, const HttpsLimits& limits) {
    svr_sock_ = 0;  // any number: without one it takes the server for stopped and ends its streams
    set_default_headers(handler.HeadersOfAll());
    // What it tells clients; that it is so, the lobby and Serve see to.
    set_keep_alive_timeout(absl::ToInt64Seconds(limits.idle));
    set_keep_alive_max_count(static_cast<size_t>(limits.requests_per_connection));
    set_pre_routing_handler([&handler](const httplib::Request& request, httplib::Response& response) {
      handler.Answer(request, response, *current_);
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

thread_local TlsConnection* HttpsServer::Protocol::current_ = nullptr;

absl::StatusOr<std::unique_ptr<HttpsServer>> HttpsServer::Start(const std::string& listen, HttpsHandler& handler,
                                                                const certs::ServerContext& context, Elapsed elapsed,
                                                                const HttpsLimits& limits) {
  absl::StatusOr<ListeningSockets> listening = Listen(listen, kBacklog);
  if (!listening.ok()) return listening.status();
  Descriptor stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop.number() < 0 || wake.number() < 0) {
    return absl::UnavailableError(absl::StrCat(listen, " cannot be served: ", strerror(errno)));
  }
  std::unique_ptr<HttpsServer> server(new HttpsServer(handler, std::move(stop), std::move(elapsed), limits));
  server->lobby_ = std::make_unique<Lobby>(
      *std::move(listening), server->stop_.number(), std::move(wake), context, server->limits_, server->elapsed_,
      [made = server.get()](std::unique_ptr<TlsConnection> connection) { made->Hand(std::move(connection)); });
  for (size_t worker = 0; worker < limits.workers; ++worker) {
    server->workers_.emplace_back([made = server.get()] { made->Run(); });
  }
  return server;
}

HttpsServer::HttpsServer(HttpsHandler& handler, Descriptor stop, Elapsed elapsed, const HttpsLimits& limits)
    : handler_(handler),
      limits_(limits),
      elapsed_(std::move(elapsed)),
      stop_(std::move(stop)),
      protocol_(std::make_unique<Protocol>(handler_, limits_)) {}

HttpsServer::~HttpsServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  eventfd_write(stop_.number(), 1);
  for (std::thread& worker : workers_) worker.join();
}

bool HttpsServer::Receive(TlsConnection& connection) {
  connection.visit = nullptr;  // before the next: what it held may be asked for again
  connection.visit = handler_.Receive(connection.peer());
  return connection.visit != nullptr;
}

void HttpsServer::Hand(std::unique_ptr<TlsConnection> connection) {
  if (!Receive(*connection)) return;  // which closes it
  const std::lock_guard<std::mutex> lock(mutex_);
  if (queue_.size() >= limits_.queue) return;
  queue_.push_back(std::move(connection));
  work_.notify_one();
}

void HttpsServer::Run() {
  IgnoreBrokenPipes();
  for (;;) {
    std::unique_ptr<TlsConnection> connection;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      connection = std::move(queue_.front());
      queue_.pop_front();
    }
    Serve(std::move(connection));
  }
}

void HttpsServer::Serve(std::unique_ptr<TlsConnection> connection) {
  for (;;) {
    const bool is_last = ++connection->requests >= limits_.requests_per_connection;
    connection->BeginRequest();
    if (!protocol_->Serve(*connection, is_last)) return connection->End();
    if (!connection->HasMore()) break;
    if (!Receive(*connection)) return;
  }
  connection->visit = nullptr;
  lobby_->Keep(std::move(connection));
}

}  // namespace envej::https
