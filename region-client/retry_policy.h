#ifndef ENVEJ_REGION_CLIENT_RETRY_POLICY_H_
#define ENVEJ_REGION_CLIENT_RETRY_POLICY_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/contract/rejection.h"

namespace envej::region {

// What may be tried again, with the same ids, because trying again can end otherwise. Nothing else is retried.
//
// A failed call; `asks_for_retry` says whether it carries a google.rpc.RetryInfo, without which RESOURCE_EXHAUSTED
// means that the request itself is too large.
bool IsRetriable(absl::StatusCode code, bool asks_for_retry);
// One refused notice of a batch that was answered.
bool IsRetriable(contract::Reason reason);

// Uniform in [0, 1). Called from one thread at a time for each policy.
using RandomSource = std::function<double()>;

inline constexpr absl::Duration kBackoffLeast = absl::Milliseconds(100);
inline constexpr absl::Duration kBackoffMost = absl::Seconds(10);

// When to try again: exponential backoff with full jitter until a deadline. The window starts at 100 ms, doubles with
// each attempt up to 10 s, and the wait is drawn uniformly from it, so that many wards do not come back in step.
// Reads no clock. Not thread-safe: one policy for each batch under way.
class RetryPolicy {
 public:
  RetryPolicy(absl::Time deadline, RandomSource random);

  // How long to wait before the next attempt, at least `at_least` (what the broker asked for); nothing if that would
  // end at or after the deadline, so that the batch is given up now.
  std::optional<absl::Duration> NextDelay(absl::Time now, absl::Duration at_least);

  // An attempt got something through: the window starts anew.
  void Progressed();

 private:
  absl::Time deadline_;
  RandomSource random_;
  absl::Duration window_ = kBackoffLeast;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RETRY_POLICY_H_
