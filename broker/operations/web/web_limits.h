#ifndef ENVEJ_BROKER_OPERATIONS_WEB_WEB_LIMITS_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_WEB_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace envej::operations {

// What clients of the pages can take of the broker. Tests use shorter times.
struct WebLimits {
  absl::Duration handshake = absl::Seconds(5);  // from accepting a connection to the end of the handshake
  absl::Duration request = absl::Seconds(5);    // from a request's first byte to the end of its head
  absl::Duration answer = absl::Seconds(10);    // for each part of an answer to be taken
  absl::Duration idle = absl::Seconds(15);      // between two requests of one connection
  size_t request_bytes = 8 << 10;               // of a request's head
  int requests_per_connection = 1000;
  size_t connections = 128;  // shaking hands or idle; more, and the oldest is closed
  size_t queue = 64;         // requests that wait for a worker; more, and the connection is closed
  size_t workers = 24;       // threads that answer; more than feeds
  size_t feeds = 16;         // that are open at once, each on a worker
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
