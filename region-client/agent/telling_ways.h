#ifndef ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_
#define ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
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

// Whom what somebody must act on today reaches: refused, returned, overdue, undelivered, held up, withdrawn elsewhere.
struct OnCallOptions {
  std::vector<std::string> command;  // a program and its arguments; it gets the JSON line on its standard input
  std::optional<WebhookOptions> webhook;
};

// Who is told, beside the log, which is told everything.
struct TellingOptions {
  std::string name;             // one word, by which the store knows how far they were told
  std::set<std::string> wards;  // of which alone, by the site's codes; empty: of all
  std::string file;             // a JSON line each is appended; empty: to none
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
  // Tells it; blocks no longer than 30 seconds. An error says what to mend and names no citizen: INVALID_ARGUMENT if
  // this telling is refused for good, ABORTED if it was not taken and may be the cause; after any other the way is out
  // of order.
  std::function<absl::Status(const ward::v1::Telling&)> tell;
};

// Whether somebody must act on it today.
bool ConcernsOnCall(const ward::v1::Telling& telling);

// The ways that were configured, the log first. What is of no ward, or of one that nobody is told of, is told to all.
// `log` writes a line, and its error is that way's. Once a stop is requested, what is being told ends within a second,
// but for the look-up of a webhook's name.
std::vector<TellingWay> MakeTellingWays(const std::vector<TellingOptions>& options,
                                        const std::function<absl::Status(const std::string& line)>& log,
                                        const std::stop_token& stop = {});

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_TELLING_WAYS_H_
