#include "proto/contract/retry_policy.h"

#include <algorithm>
#include <utility>

namespace envej::contract {

bool IsRetriable(absl::StatusCode code, bool asks_for_retry) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return asks_for_retry;
    default:
      return false;
  }
}

bool IsRetriable(Reason reason) {
  switch (reason) {
    case Reason::kBrokerStopping:
    case Reason::kBrokerBusy:
    case Reason::kRateExceeded:
    case Reason::kStorageNearlyFull:
    case Reason::kDeadlinePassed:
      return true;
    default:
      return false;
  }
}

RetryPolicy::RetryPolicy(absl::Time deadline, RandomSource random) : deadline_(deadline), random_(std::move(random)) {}

std::optional<absl::Duration> RetryPolicy::NextDelay(absl::Time now, absl::Duration at_least) {
  const absl::Duration delay = std::max(backoff_.Next(random_()), at_least);
  if (now + delay >= deadline_) return std::nullopt;
  return delay;
}

}  // namespace envej::contract
