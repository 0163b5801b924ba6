#include "broker/operations/metrics_endpoint.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace envej::operations {
namespace {

constexpr int kBacklog = 8;
constexpr int kPauseMilliseconds = 100;
constexpr size_t kRequestBytes = 4096;
constexpr absl::Duration kReadInTime = absl::Seconds(1);
constexpr absl::Duration kWriteInTime = absl::Seconds(1);
constexpr absl::Duration kFarewell = absl::Milliseconds(100);
constexpr char kEndOfLine[] = "\r\n";
constexpr char kEndOfRequest[] = "\r\n\r\n";

constexpr char kFound[] = "200 OK";
constexpr char kMalformed[] = "400 Bad Request";
constexpr char kOtherPath[] = "404 Not Found";
constexpr char kOtherMethod[] = "405 Method Not Allowed";
constexpr char kNotReady[] = "503 Service Unavailable";

struct Judged {
  absl::string_view status;
  absl::string_view path = "";  // if found
};

// What there is to say to a request, by RFC 9112 as far as it is needed here.
Judged Judge(absl::string_view request) {
  const size_t end = request.find(kEndOfRequest);
  if (end == absl::string_view::npos) return {kMalformed};
  const std::vector<absl::string_view> lines = absl::StrSplit(request.substr(0, end), kEndOfLine);
  const std::vector<absl::string_view> words = absl::StrSplit(lines.front(), ' ');
  if (words.size() != 3 || words[0].empty() || words[1].empty()) return {kMalformed};
  if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") return {kMalformed};
  for (size_t at = 1; at < lines.size(); ++at) {
    if (!absl::StrContains(lines[at], ':')) return {kMalformed};
  }
  if (words[0] != "GET") return {kOtherMethod};
  const absl::string_view path = words[1].substr(0, words[1].find('?'));
  for (const absl::string_view served : {"/metrics", "/healthz", "/readyz"}) {
    if (path == served) return {kFound, served};
  }
  return {kOtherPath};
}

bool MayBeTriedAgain(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

absl::Status ReadinessOf(const Condition& condition) {
  return condition.cannot_write.empty() ? absl::OkStatus() : absl::UnavailableError(condition.cannot_write);
}

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(const std::string& listen,
                                                                        const Metrics& metrics, const Clock& clock) {
  absl::StatusOr<ListeningSockets> listening = Listen(listen, kBacklog);
  if (!listening.ok()) {
    return absl::UnavailableError(
        absl::StrCat("metrics: ", listening.status().message(), "; another address goes under metrics.listen"));
  }
  Descriptor stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop.number() < 0) return absl::UnavailableError(absl::StrCat("metrics cannot be served: ", strerror(errno)));
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(*std::move(listening), std::move(stop), metrics, clock));
}

MetricsEndpoint::MetricsEndpoint(ListeningSockets listening, Descriptor stop, const Metrics& metrics,
                                 const Clock& clock)
    : listening_(std::move(listening)), stop_(std::move(stop)), metrics_(metrics), clock_(clock), thread_([this] {
        Run();
      }) {}

MetricsEndpoint::~MetricsEndpoint() {
  eventfd_write(stop_.number(), 1);
  thread_.join();
}

void MetricsEndpoint::Run() const {
  std::vector<pollfd> watched = {{.fd = stop_.number(), .events = POLLIN, .revents = 0}};
  for (const Descriptor& socket : listening_.sockets) {
    watched.push_back({.fd = socket.number(), .events = POLLIN, .revents = 0});
  }
  bool pause = false;
  while (watched.front().revents == 0) {
    // After a failure the connection is still there, so that waiting for one would not be waiting.
    const int polled = poll(watched.data(), pause ? 1 : watched.size(), pause ? kPauseMilliseconds : -1);
    pause = polled >= 0 && !ServeOneOfEach();
  }
}

// False if the system does not let connections be accepted.
bool MetricsEndpoint::ServeOneOfEach() const {
  for (const Descriptor& socket : listening_.sockets) {
    const Descriptor connection(accept4(socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.number() >= 0) {
      Serve(connection.number());
    } else if (!MayBeTriedAgain(errno) && errno != ECONNABORTED) {
      return false;
    }
  }
  return true;
}

void MetricsEndpoint::Serve(int connection) const {
  const std::optional<std::string> request = ReadRequest(connection);
  if (request.has_value() && Write(connection, AnswerTo(*request))) AwaitClose(connection);
}

// What came up to the request's end, the client's or the bound; nothing if that took too long.
std::optional<std::string> MetricsEndpoint::ReadRequest(int connection) const {
  const absl::Duration deadline = clock_.Elapsed() + kReadInTime;
  std::string request;
  std::array<char, kRequestBytes> bytes;
  while (request.size() < kRequestBytes && !absl::StrContains(request, kEndOfRequest)) {
    if (!WaitFor(connection, POLLIN, deadline)) return std::nullopt;
    const ssize_t got = recv(connection, bytes.data(), kRequestBytes - request.size(), 0);
    if (got == 0) break;
    if (got > 0) request.append(bytes.data(), static_cast<size_t>(got));
    if (got < 0 && !MayBeTriedAgain(errno)) return std::nullopt;
  }
  return request;
}

std::string MetricsEndpoint::AnswerTo(absl::string_view request) const {
  const auto [found, path] = Judge(request);
  absl::string_view status = found;
  std::string text;
  if (path == "/metrics") text = metrics_.Text();
  if (path == "/healthz") text = "ok\n";
  if (path == "/readyz") {
    const absl::Status ready = ReadinessOf(metrics_.condition());
    if (!ready.ok()) status = kNotReady;
    text = absl::StrCat(ready.ok() ? "ok" : ready.message(), "\n");
  }
  return absl::StrCat("HTTP/1.1 ", status, kEndOfLine, status == kOtherMethod ? "Allow: GET\r\n" : "",
                      "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n", "Content-Length: ", text.size(),
                      "\r\nConnection: close", kEndOfRequest, text);
}

bool MetricsEndpoint::Write(int connection, absl::string_view answer) const {
  const absl::Duration deadline = clock_.Elapsed() + kWriteInTime;
  while (!answer.empty()) {
    if (!WaitFor(connection, POLLOUT, deadline)) return false;
    const ssize_t sent = send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (sent > 0) answer.remove_prefix(static_cast<size_t>(sent));
    if (sent < 0 && !MayBeTriedAgain(errno)) return false;
  }
  return true;
}

// Closed while there is something left to read, such as the rest of a request that is too long, the connection would be
// reset, and the answer might be lost with it.
void MetricsEndpoint::AwaitClose(int connection) const {
  const absl::Duration deadline = clock_.Elapsed() + kFarewell;
  shutdown(connection, SHUT_WR);
  std::array<char, kRequestBytes> bytes;
  while (WaitFor(connection, POLLIN, deadline)) {
    const ssize_t got = recv(connection, bytes.data(), bytes.size(), 0);
    if (got == 0 || (got < 0 && !MayBeTriedAgain(errno))) return;
  }
}

// Until there is something to do for the connection; false at the deadline, or once the endpoint is to end.
bool MetricsEndpoint::WaitFor(int connection, short events, absl::Duration deadline) const {
  std::array<pollfd, 2> watched = {
      {{.fd = stop_.number(), .events = POLLIN, .revents = 0}, {.fd = connection, .events = events, .revents = 0}}};
  const absl::Duration left = deadline - clock_.Elapsed();
  if (left <= absl::ZeroDuration()) return false;
  const int polled = poll(watched.data(), watched.size(), static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  if (polled < 0) return errno == EINTR;  // the caller looks again
  return polled > 0 && watched.front().revents == 0;
}

}  // namespace envej::operations
