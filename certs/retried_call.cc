#include "certs/retried_call.h"

#include <algorithm>
#include <optional>
#include <stop_token>

#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "proto/contract/retry_policy.h"
#include "proto/contract/status_codec.h"

namespace envej::certs {

grpc::Status CallWithRetries(grpc::Channel& channel, const Surroundings& surroundings, absl::Time deadline,
                             absl::Duration attempt_most, const std::function<grpc::Status(grpc::ClientContext&)>& call,
                             const std::function<void(const grpc::Status&)>& trying_again) {
  contract::RetryPolicy policy(deadline, surroundings.random);
  for (;;) {
    grpc::ClientContext attempt;
    attempt.set_deadline(absl::ToChronoTime(std::min(surroundings.now() + attempt_most, deadline)));
    const std::stop_callback cancel(surroundings.stop, [&attempt] { attempt.TryCancel(); });
    grpc::Status status = call(attempt);
    if (status.ok() || surroundings.stop.stop_requested()) return status;
    const std::optional<absl::Duration> asked = contract::RetryDelayOf(status);
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (!contract::IsRetriable(code, asked.has_value())) return status;
    trying_again(status);
    const std::optional<absl::Duration> delay =
        policy.NextDelay(surroundings.now(), asked.value_or(absl::ZeroDuration()));
    if (!delay.has_value()) return status;
    surroundings.sleep(*delay);
    if (code == absl::StatusCode::kUnavailable) {
      Reconnect(channel, std::clamp(deadline - surroundings.now(), absl::ZeroDuration(), kReconnectWait),
                surroundings.stop);
    }
    if (surroundings.stop.stop_requested() || surroundings.now() >= deadline) return status;
  }
}

std::string WhatToDo(absl::StatusCode code, absl::string_view caller) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "could not be reached: check that it runs, that --broker is its address, and that --authorities and "
             "--certificate are those of its authority; then run the same again";
    case absl::StatusCode::kDeadlineExceeded:
      return "did not answer in time: run the same again";
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return absl::StrCat("refuses this certificate: check that it is ", caller, ", and tell operations");
    case absl::StatusCode::kUnimplemented:
      return "does not serve this call: check that --broker is a broker's address and that its version is new enough";
    default:
      return "failed: tell operations, then run the same again";
  }
}

}  // namespace envej::certs
