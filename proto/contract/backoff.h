#ifndef ENVEJ_PROTO_CONTRACT_BACKOFF_H_
#define ENVEJ_PROTO_CONTRACT_BACKOFF_H_

#include "absl/time/time.h"

namespace envej::contract {

inline constexpr absl::Duration kBackoffFirst = absl::Milliseconds(100);
inline constexpr absl::Duration kBackoffMost = absl::Seconds(10);

// How long a client waits before each further attempt: a random part of a window that doubles from kBackoffFirst up to
// kBackoffMost (exponential backoff with full jitter), so that clients that failed together do not come back together.
// What is worth another attempt, and until when, is each program's own. Thread safety: none.
class Backoff {
 public:
  // The next wait, from zero up to the window. `random` is the caller's draw, uniform in [0, 1).
  absl::Duration Next(double random);

  // An attempt got something through: the window starts anew.
  void Reset() { window_ = kBackoffFirst; }

 private:
  absl::Duration window_ = kBackoffFirst;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_BACKOFF_H_
