#ifndef ENVEJ_BROKER_OPERATIONS_WEB_FEED_STREAM_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_FEED_STREAM_H_

#include <httplib.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "broker/clock.h"
#include "broker/operations/web/feed.h"
#include "broker/operations/web/web_limits.h"
#include "broker/operations/web/web_sources.h"
#include "certs/https/tls_connection.h"

namespace envej::operations {

// The feed as one client is told it, as server-sent events. Used by one thread.
class FeedStream {
 public:
  static constexpr char kContentType[] = "text/event-stream; charset=utf-8";

  // `last_id` is that of the event that the client had last; empty for none. All that is referred to must outlive it.
  FeedStream(std::unique_ptr<Feed::Listener> listener, Feed& feed, const https::TlsConnection& connection,
             const WebSources& sources, const WebLimits& limits, const Clock& clock, absl::string_view last_id);

  // Waits for the next thing to tell, or for a while, and tells it. False once nothing more is to be told: the client
  // has gone, dawdles or may no longer look, or the server stops.
  bool GoOn(httplib::DataSink& sink);

 private:
  bool Tell(httplib::DataSink& sink, const std::string& event);

  const std::unique_ptr<Feed::Listener> listener_;
  Feed& feed_;
  const https::TlsConnection& connection_;
  const WebSources& sources_;
  const WebLimits& limits_;
  const Clock& clock_;
  uint64_t version_;        // that was told last
  absl::Duration told_at_;  // elapsed time
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_FEED_STREAM_H_
