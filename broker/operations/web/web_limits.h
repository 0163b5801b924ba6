#ifndef ENVEJ_BROKER_OPERATIONS_WEB_WEB_LIMITS_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_WEB_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "certs/https/https_limits.h"

namespace envej::operations {

// What clients of the pages can take of the broker. Tests use shorter times.
struct WebLimits : https::HttpsLimits {
  size_t feeds = 16;  // that are open at once, each on a worker: fewer than workers
  // Of one operator, whatever its number of connections; more, and it is told when to ask again:
  size_t operator_requests = 12;  // that are read or answered at once, feeds counted in; fewer than workers
  size_t operator_feeds = 8;      // that are open at once
  int operator_per_second = 10;   // requests for what is counted or looked up: the feed, an inbox, /api/ and /metrics
  int operator_burst = 100;       // of those at once, after a pause
  // Of all others together, and of operators beyond their share: requests that are read at once to be refused; more,
  // and the connection is closed.
  size_t turned_away = 4;
  absl::Duration snapshot_every = absl::Seconds(2);
  absl::Duration heartbeat_every = absl::Seconds(15);
};

// One operator leaves others workers and feeds, and with all its pages open can still ask.
static_assert(WebLimits().feeds < WebLimits().workers);
static_assert(WebLimits().operator_requests + WebLimits().turned_away < WebLimits().workers &&
              WebLimits().operator_feeds < WebLimits().feeds);
static_assert(WebLimits().operator_feeds < WebLimits().operator_requests);

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_WEB_LIMITS_H_
