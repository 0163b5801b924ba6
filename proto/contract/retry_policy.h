#ifndef ENVEJ_PROTO_CONTRACT_RETRY_POLICY_H_
#define ENVEJ_PROTO_CONTRACT_RETRY_POLICY_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/contract/backoff.h"
#include "proto/contract/rejection.h"

namespace envej::contract {

// What may be tried again, with the same ids, because trying again can end otherwise. Nothing else is retried.
//
// A failed call; `asks_for_retry` says whether it carries a google.rpc.RetryInfo, without which RESOURCE_EXHAUSTED
// means that the request itself is too large. CANCELLED is what a broker's gRPC says of a call that it ends as the
// broker stops; who cancels a call of its own does not ask here.
bool IsRetriable(absl::StatusCode code, bool asks_for_retry);
// One refused notice of a batch that was answered.
bool IsRetriable(Reason reason);

// Uniform in [0, 1). Called from one thread at a time for each policy.
using RandomSource = std::function<double()>;

// When to try again: with the contract's backoff, until a deadline. Reads no clock. Not thread-safe: one policy for
// each batch under way.
class RetryPolicy {
 public:
  RetryPolicy(absl::Time deadline, RandomSource random);

  // How long to wait before the next attempt, at least `at_least` (what the broker asked for); nothing if that would
  // end at or after the deadline, so that the batch is given up now.
  std::optional<absl::Duration> NextDelay(absl::Time now, absl::Duration at_least);

  // An attempt got something through: the backoff starts anew.
  void Progressed() { backoff_.Reset(); }

 private:
  absl::Time deadline_;
  RandomSource random_;
  Backoff backoff_;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_RETRY_POLICY_H_
