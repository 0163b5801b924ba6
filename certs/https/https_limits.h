#ifndef ENVEJ_CERTS_HTTPS_HTTPS_LIMITS_H_
#define ENVEJ_CERTS_HTTPS_HTTPS_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace envej::https {

// What clients can take of a server. Tests use shorter times.
struct HttpsLimits {
  absl::Duration handshake = absl::Seconds(5);  // from accepting a connection to the end of the handshake
  absl::Duration request = absl::Seconds(5);    // from a request's first byte to the end of its head
  absl::Duration body = absl::Seconds(10);      // from there to the end of what it brings
  absl::Duration answer = absl::Seconds(10);    // for each part of an answer to be taken
  absl::Duration idle = absl::Seconds(15);      // between two requests of one connection
  size_t request_bytes = 8 << 10;               // of a request's head
  int requests_per_connection = 1000;
  size_t connections = 128;  // shaking hands or idle; more, and the oldest is closed
  size_t queue = 64;         // requests that wait for a worker; more, and the connection is closed
  size_t workers = 24;       // threads that answer
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_HTTPS_LIMITS_H_
