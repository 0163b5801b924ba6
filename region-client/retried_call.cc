#include "region-client/retried_call.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "region-client/retry_policy.h"

namespace envej::region {
namespace {

constexpr absl::Duration kReconnectWait = absl::Seconds(5);

}  // namespace

grpc::Status CallWithRetries(const CommandContext& context, absl::Time deadline,
                             const std::function<grpc::Status(grpc::ClientContext&)>& call,
                             const std::function<void(const CallFailure&)>& trying_again) {
  const Surroundings& surroundings = context.surroundings;
  RetryPolicy policy(deadline, surroundings.random);
  for (;;) {
    grpc::ClientContext attempt;
    attempt.set_deadline(absl::ToChronoTime(std::min(surroundings.now() + kCallDeadline, deadline)));
    grpc::Status status = call(attempt);
    if (status.ok()) return status;
    const CallFailure failure = ToCallFailure(status);
    if (!IsRetriable(failure.code, failure.retry_delay.has_value())) return status;
    trying_again(failure);
    const std::optional<absl::Duration> delay =
        policy.NextDelay(surroundings.now(), failure.retry_delay.value_or(absl::ZeroDuration()));
    if (!delay.has_value()) return status;
    surroundings.sleep(*delay);
    if (failure.code == absl::StatusCode::kUnavailable) {
      certs::Reconnect(*context.channel,
                       std::clamp(deadline - surroundings.now(), absl::ZeroDuration(), kReconnectWait));
    }
    if (surroundings.now() >= deadline) return status;
  }
}

std::string TryingAgain(const CallFailure& failure, absl::Time deadline, const CommandContext& context) {
  const std::string until = absl::FormatTime("%H:%M:%S", deadline, context.copenhagen);
  if (failure.refused_by_contract) {
    return absl::StrCat("the broker at ", context.broker, " refuses for now: ", failure.refusal.reason, ": ",
                        failure.refusal.text, "; trying again until ", until);
  }
  const std::string code = absl::StatusCodeToString(failure.code);
  if (!failure.lacks_tls_connection) {
    return absl::StrCat("the broker at ", context.broker, " does not answer (", code, "): trying again until ", until);
  }
  return absl::StrCat("no TLS connection to the broker at ", context.broker, " comes about (", code,
                      "): check that --authorities and --certificate are those of its authority, and that --broker is "
                      "a name in its certificate; trying again until ",
                      until);
}

}  // namespace envej::region
