#ifndef ENVEJ_CERTS_RETRIED_CALL_H_
#define ENVEJ_CERTS_RETRIED_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/surroundings.h"

namespace envej::certs {

// How long a client waits, after a call that failed because it was not connected, until it is.
inline constexpr absl::Duration kReconnectWait = absl::Seconds(5);

// Makes a call over `channel` until it succeeds, fails for good, or `deadline` has come, and answers how it ended. Each
// attempt has a context of its own, whose deadline is `attempt_most` away at most; if it failed and may be repeated
// (contract::IsRetriable), `trying_again` is told of it before the wait. Once the surroundings are to end, the attempt
// under way is cancelled, and is the last.
grpc::Status CallWithRetries(grpc::Channel& channel, const Surroundings& surroundings, absl::Time deadline,
                             absl::Duration attempt_most, const std::function<grpc::Status(grpc::ClientContext&)>& call,
                             const std::function<void(const grpc::Status&)>& trying_again);

// What somebody can do about a call that failed with `code` and without a reason of the contract, in words that follow
// "the broker". `caller` says whose certificate it has to be, such as "a region's".
std::string WhatToDo(absl::StatusCode code, absl::string_view caller);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_RETRIED_CALL_H_
