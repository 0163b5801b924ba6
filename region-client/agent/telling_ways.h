#ifndef ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_
#define ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "envej/ward/v1/kept.pb.h"

namespace envej::region {

struct WebhookOptions {
  std::string url;          // https; http on loopback alone
  std::string authorities;  // a PEM file that its certificate must be under; empty: the system's
};

// Whom what somebody must act on today reaches: refused, returned, undelivered, held up.
struct OnCallOptions {
  std::vector<std::string> command;  // a program and its arguments; it gets the JSON line on its standard input
  std::optional<WebhookOptions> webhook;
};

// Beside the log, which is told everything.
struct TellingOptions {
  std::string file;  // a JSON line each is appended; empty: to none
  std::optional<WebhookOptions> webhook;
  std::optional<OnCallOptions> on_call;
};

struct WebhookUrl {
  std::string origin;  // scheme, host and port
  std::string path;
};

// Nothing if it is none that may be called: HTTPS, or HTTP on a loopback address.
std::optional<WebhookUrl> ParseWebhookUrl(absl::string_view url);

// One way by which the ward is told.
struct TellingWay {
  std::string name;  // under which the store knows how far it got
  std::function<bool(const ward::v1::Telling&)> is_told;
  // Tells it; blocks no longer than 30 seconds. An error says what to mend and names no citizen.
  std::function<absl::Status(const ward::v1::Telling&)> tell;
};

// Whether somebody must act on it today.
bool ConcernsOnCall(const ward::v1::Telling& telling);

// The ways that were configured, the log first. `log` writes a line. Once a stop is requested, what is being told ends
// within a second, but for the look-up of a webhook's name.
std::vector<TellingWay> MakeTellingWays(const TellingOptions& options,
                                        const std::function<void(const std::string& line)>& log,
                                        const std::stop_token& stop = {});

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_
