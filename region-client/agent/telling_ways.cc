#include "region-client/agent/telling_ways.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/contract/json_line.h"
#include "region-client/agent/run_command.h"

namespace envej::region {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr time_t kWebhookSeconds = 10;  // to connect, to write, and to read
constexpr absl::Duration kCommandMost = absl::Seconds(30);
constexpr int kSuccessLeast = 200;
constexpr int kSuccessMost = 299;

// Takes back the `bytes` that were just appended, unless something stands behind them.
void TakeBack(int file, ssize_t bytes) {
  const off_t end = lseek(file, 0, SEEK_CUR);
  struct stat about {};
  if (end < bytes || fstat(file, &about) != 0 || about.st_size != end) return;
  // If it fails, the way is out of order all the same.
  [[maybe_unused]] const int truncated = ftruncate(file, end - bytes);
}

absl::Status AppendSynced(const std::string& path, const std::string& line) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode);
  if (file < 0) return absl::UnavailableError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  // One write, so that a line is never mixed with another's.
  const std::string whole = absl::StrCat(line, "\n");
  const ssize_t written = write(file, whole.data(), whole.size());
  const bool is_cut = written >= 0 && written < static_cast<ssize_t>(whole.size());
  const bool done = written >= 0 && !is_cut && fsync(file) == 0;
  const int error = is_cut ? ENOSPC : errno;
  if (is_cut) TakeBack(file, written);
  close(file);
  return done ? absl::OkStatus()
              : absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", std::strerror(error)));
}

// A call's connection, which whoever waits for it finds at its end once it is cut.
class Cuttable {
 public:
  ~Cuttable() {
    if (socket_ >= 0) close(socket_);
  }
  // The call goes on over this socket, which is its own to close.
  void Take(int socket) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (socket_ >= 0) close(socket_);
    socket_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  }
  void Cut() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
  }

 private:
  std::mutex mutex_;
  int socket_ = -1;
};

// What an HTTP status says of the telling, where it is no success.
absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 408:  // it took too long
    case 425:  // too early
    case 429:  // too many
      return absl::StatusCode::kUnavailable;
    case 401:  // how the webhook is set up is more likely the cause than what was posted
    case 403:
    case 404:
    case 405:
    case 407:
      return absl::StatusCode::kAborted;
    default:
      return http_status / 100 == 4 ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kUnavailable;
  }
}

absl::Status Post(const WebhookOptions& webhook, const std::string& line, const std::stop_token& stop) {
  const std::optional<WebhookUrl> url = ParseWebhookUrl(webhook.url);
  if (!url.has_value()) return absl::FailedPreconditionError("the webhook's address is none");
  httplib::Client client(url->origin);
  client.set_connection_timeout(kWebhookSeconds);
  client.set_read_timeout(kWebhookSeconds);
  client.set_write_timeout(kWebhookSeconds);
  client.enable_server_certificate_verification(true);
  if (!webhook.authorities.empty()) client.set_ca_cert_path(webhook.authorities.c_str());
  Cuttable connection;
  client.set_socket_options([&connection](socket_t socket) { connection.Take(socket); });
  const std::stop_callback cut(stop, [&connection] { connection.Cut(); });
  const httplib::Result result = client.Post(url->path.c_str(), line, "application/json");
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat("the webhook at ", url->origin, ": ", httplib::to_string(result.error())));
  }
  if (result->status >= kSuccessLeast && result->status <= kSuccessMost) return absl::OkStatus();
  return {CodeOf(result->status), absl::StrCat("the webhook at ", url->origin, " answers ", result->status)};
}

using IsTold = std::function<bool(const ward::v1::Telling&)>;

bool Always(const ward::v1::Telling& /*telling*/) { return true; }

TellingWay Webhook(std::string name, WebhookOptions webhook, IsTold is_told, std::stop_token stop) {
  return {.name = std::move(name),
          .is_told = std::move(is_told),
          .tell = [webhook = std::move(webhook), stop = std::move(stop)](const ward::v1::Telling& telling) {
            return Post(webhook, contract::ToJsonLine(telling), stop);
          }};
}

void AddOnCall(const std::string& name, const OnCallOptions& on_call, const IsTold& concerns,
               const std::stop_token& stop, std::vector<TellingWay>& ways) {
  const IsTold is_told = [concerns](const ward::v1::Telling& telling) {
    return ConcernsOnCall(telling) && concerns(telling);
  };
  if (!on_call.command.empty()) {
    ways.push_back({.name = absl::StrCat(name, "/on-call-command"),
                    .is_told = is_told,
                    .tell = [command = on_call.command, stop](const ward::v1::Telling& telling) {
                      return RunCommand(command, contract::ToJsonLine(telling), kCommandMost, stop);
                    }});
  }
  if (on_call.webhook.has_value()) {
    ways.push_back(Webhook(absl::StrCat(name, "/on-call-webhook"), *on_call.webhook, is_told, stop));
  }
}

void AddWays(const TellingOptions& options, const IsTold& concerns, const std::stop_token& stop,
             std::vector<TellingWay>& ways) {
  if (!options.file.empty()) {
    ways.push_back({.name = absl::StrCat(options.name, "/file"),
                    .is_told = concerns,
                    .tell = [path = options.file](const ward::v1::Telling& telling) {
                      return AppendSynced(path, contract::ToJsonLine(telling));
                    }});
  }
  if (options.webhook.has_value()) {
    ways.push_back(Webhook(absl::StrCat(options.name, "/webhook"), *options.webhook, concerns, stop));
  }
  if (options.on_call.has_value()) AddOnCall(options.name, *options.on_call, concerns, stop, ways);
}

}  // namespace

std::optional<WebhookUrl> ParseWebhookUrl(absl::string_view url) {
  absl::string_view rest = url;
  const bool is_https = absl::ConsumePrefix(&rest, "https://");
  if (!is_https && !absl::ConsumePrefix(&rest, "http://")) return std::nullopt;
  const size_t slash = rest.find('/');
  const absl::string_view authority = rest.substr(0, slash);
  if (authority.empty() || authority.find('@') != authority.npos) return std::nullopt;
  const absl::string_view host = authority.substr(0, authority.rfind(':'));
  const bool is_loopback = authority == "[::1]" || host == "[::1]" || host == "127.0.0.1" || host == "localhost";
  if (!is_https && !is_loopback) return std::nullopt;
  return WebhookUrl{.origin = std::string(url.substr(0, url.size() - rest.size() + authority.size())),
                    .path = slash == rest.npos ? "/" : std::string(rest.substr(slash))};
}

bool ConcernsOnCall(const ward::v1::Telling& telling) {
  switch (telling.kind()) {
    case ward::v1::TELLING_KIND_REFUSED:
    case ward::v1::TELLING_KIND_RETURNED:
    case ward::v1::TELLING_KIND_OVERDUE:
    case ward::v1::TELLING_KIND_UNDELIVERED:
    case ward::v1::TELLING_KIND_HELD_UP:
    case ward::v1::TELLING_KIND_WITHDRAWN_ELSEWHERE:
      return true;
    default:
      return false;
  }
}

std::vector<TellingWay> MakeTellingWays(const std::vector<TellingOptions>& options,
                                        const std::function<absl::Status(const std::string& line)>& log,
                                        const std::stop_token& stop) {
  std::vector<TellingWay> ways;
  ways.push_back({.name = "log", .is_told = Always, .tell = [log](const ward::v1::Telling& telling) {
                    return log(contract::ToJsonLine(telling));
                  }});
  std::set<std::string> named;
  for (const TellingOptions& each : options) named.insert(each.wards.begin(), each.wards.end());
  for (const TellingOptions& each : options) {
    AddWays(
        each,
        [wards = each.wards, named](const ward::v1::Telling& telling) {
          return wards.empty() || wards.contains(telling.ward()) || !named.contains(telling.ward());
        },
        stop, ways);
  }
  return ways;
}

}  // namespace envej::region
