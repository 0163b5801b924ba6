#ifndef ENVEJ_MUNICIPALITY_CLIENT_BACKOFF_H_
#define ENVEJ_MUNICIPALITY_CLIENT_BACKOFF_H_

#include <random>
#include <stop_token>

#include "absl/time/time.h"

namespace envej::municipality_client {

inline constexpr absl::Duration kBackoffFirst = absl::Milliseconds(200);
inline constexpr absl::Duration kBackoffMost = absl::Seconds(10);

// How long to wait before each further attempt: a random part of a span that doubles from kBackoffFirst up to
// kBackoffMost (full jitter), so that clients that failed together do not come back together.
// Thread safety: none.
class Backoff {
 public:
  Backoff() : random_(std::random_device{}()) {}

  absl::Duration Next();
  void Reset() { span_ = kBackoffFirst; }

 private:
  std::mt19937_64 random_;
  absl::Duration span_ = kBackoffFirst;
};

// Waits, but not past a stop.
void WaitFor(absl::Duration duration, std::stop_token stop);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_BACKOFF_H_
