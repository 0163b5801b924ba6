#ifndef ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_

#include <httplib.h>

#include <string>

#include "absl/strings/string_view.h"
#include "broker/admission/rate_limit.h"
#include "broker/clock.h"
#include "broker/operations/web/assets.h"
#include "broker/operations/web/feed.h"
#include "broker/operations/web/places.h"
#include "broker/operations/web/tls_connection.h"
#include "broker/operations/web/web_limits.h"
#include "broker/operations/web/web_sources.h"

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
class Site {
 public:
  // All that is referred to must outlive it.
  Site(const WebSources& sources, const Assets& assets, Feed& feed, const WebLimits& limits, const Clock& clock)
      : sources_(sources),
        assets_(assets),
        feed_(feed),
        limits_(limits),
        clock_(clock),
        rate_(admission::RateLimit::Options{.per_second = limits.operator_per_second, .burst = limits.operator_burst}),
        requests_(limits.operator_requests),
        turned_away_(limits.turned_away),
        feeds_(limits.operator_feeds) {}

  // Goes with every answer: no script, style, picture or connection but of this server, and in nobody's frame.
  static httplib::Headers SecurityHeaders();

  // Judges who begins to send a request, and takes a place for it: the operator's, or, where it has none left or is no
  // operator, one of the few for those who are told that. False if there is none: nothing of the request is to be read,
  // so that whoever sends it slowly keeps no worker from others. Must be called for each request; does not block.
  bool Receive(TlsConnection& connection);

  void Answer(const httplib::Request& request, httplib::Response& response, TlsConnection& connection);

 private:
  // Whether the operator may have one request more answered now. Otherwise says in the answer what to do.
  bool Admit(const std::string& path, const std::string& operator_uri, httplib::Response& response,
             const TlsConnection& connection);
  void Route(const httplib::Request& request, httplib::Response& response, TlsConnection& connection,
             const std::string& operator_uri);
  void AnswerAsset(const httplib::Request& request, httplib::Response& response, absl::string_view name) const;
  void AnswerPage(const httplib::Request& request, httplib::Response& response, absl::string_view name,
                  int status) const;
  void AnswerApi(const httplib::Request& request, httplib::Response& response, absl::string_view path) const;
  // False if neither the register nor the store knows of it; what cannot be told now, the page tells.
  bool HasInbox(absl::string_view code) const;
  void AnswerInbox(httplib::Response& response, absl::string_view code) const;
  void AnswerFeed(const httplib::Request& request, httplib::Response& response, TlsConnection& connection,
                  const std::string& operator_uri);

  const WebSources& sources_;
  const Assets& assets_;
  Feed& feed_;
  const WebLimits& limits_;
  const Clock& clock_;
  // By the operator's URI name:
  admission::RateLimit rate_;
  Places requests_;
  Places turned_away_;  // all of them are one
  Places feeds_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_SITE_H_
