#ifndef ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_

#include <httplib.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "broker/admission/rate_limit.h"
#include "broker/clock.h"
#include "broker/operations/web/feed.h"
#include "broker/operations/web/web_limits.h"
#include "broker/operations/web/web_sources.h"
#include "certs/https/assets.h"
#include "certs/https/https_handler.h"
#include "certs/https/places.h"
#include "certs/https/tls_connection.h"

namespace envej::operations {

// What there is at each path:
//   /  /inboxes/CODE  /notices/UUID         pages, in Danish or with ?lang=en in English
//   /static/NAME                            what they are made of
//   /feed                                   server-sent events: `snapshot` with an id, `heartbeat`
//   /api/inboxes  /api/inboxes/CODE  /api/status  /api/notices/UUID[?municipality=CODE&region=CODE]   JSON
//   /metrics  /healthz  /readyz
// The page of an inbox that there is not, or of what is no notice's id, is answered with 404 and says so itself.
// GET and HEAD alone, and nothing is changed by them. Each operator has a share of its own (web_limits.h): beyond it a
// request is refused with 429 and Retry-After, and costs nothing else. Thread-safe.
class Site final : public https::HttpsHandler {
 public:
  // All that is referred to must outlive it.
  Site(const WebSources& sources, const https::Assets& assets, Feed& feed, const WebLimits& limits, const Clock& clock)
      : sources_(sources),
        assets_(assets),
        feed_(feed),
        limits_(limits),
        clock_(clock),
        rate_(admission::RateLimit::Options{.per_second = limits.operator_per_second, .burst = limits.operator_burst}),
        requests_(limits.operator_requests),
        turned_away_(limits.turned_away),
        feeds_(limits.operator_feeds) {}

  httplib::Headers HeadersOfAll() const override { return https::SecurityHeaders(); }

  // Judges who begins to send a request, and takes a place for it: the operator's, or, where it has none left or is no
  // operator, one of the few for those who are told that. Null if there is none: nothing of the request is to be read,
  // so that whoever sends it slowly keeps no worker from others.
  std::unique_ptr<https::Visit> Receive(const certs::Certificate& peer) override;

  void Answer(const httplib::Request& request, httplib::Response& response, https::TlsConnection& connection) override;

 private:
  struct Caller final : https::Visit {
    std::optional<std::string> operator_uri;  // whose it is; nothing: not of operations
    std::unique_ptr<https::Places::Place> place;
    bool is_turned_away = false;  // the place is none of the operator's own
  };

  // Whether the operator may have one request more answered now. Otherwise says in the answer what to do.
  bool Admit(const std::string& path, const Caller& caller, httplib::Response& response);
  void Route(const httplib::Request& request, httplib::Response& response, https::TlsConnection& connection,
             const std::string& operator_uri);
  void AnswerAsset(const httplib::Request& request, httplib::Response& response, absl::string_view name) const;
  void AnswerPage(const httplib::Request& request, httplib::Response& response, absl::string_view name,
                  int status) const;
  void AnswerApi(const httplib::Request& request, httplib::Response& response, absl::string_view path) const;
  // False if neither the register nor the store knows of it; what cannot be told now, the page tells.
  bool HasInbox(absl::string_view code) const;
  void AnswerInbox(httplib::Response& response, absl::string_view code) const;
  void AnswerFeed(const httplib::Request& request, httplib::Response& response, https::TlsConnection& connection,
                  const std::string& operator_uri);

  const WebSources& sources_;
  const https::Assets& assets_;
  Feed& feed_;
  const WebLimits& limits_;
  const Clock& clock_;
  // By the operator's URI name:
  admission::RateLimit rate_;
  https::Places requests_;
  https::Places turned_away_;  // all of them are one
  https::Places feeds_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_
