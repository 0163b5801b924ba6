#include "region-client/municipality_list.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "certs/client_connection.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "region-client/retry_policy.h"

namespace envej::region {
namespace {

constexpr absl::Duration kReconnectWait = absl::Seconds(5);

}  // namespace

std::variant<v1::ListMunicipalitiesResponse, CallFailure> FetchMunicipalities(
    const CommandContext& context, absl::Time deadline, const std::function<void(const CallFailure&)>& trying_again) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  const Surroundings& surroundings = context.surroundings;
  RetryPolicy policy(deadline, surroundings.random);
  for (;;) {
    grpc::ClientContext call;
    call.set_deadline(absl::ToChronoTime(std::min(surroundings.now() + kCallDeadline, deadline)));
    v1::ListMunicipalitiesResponse response;
    const grpc::Status status = stub->ListMunicipalities(&call, {}, &response);
    if (status.ok()) return response;
    const CallFailure failure = ToCallFailure(status);
    if (!IsRetriable(failure.code, failure.retry_delay.has_value())) return failure;
    trying_again(failure);
    const std::optional<absl::Duration> delay =
        policy.NextDelay(surroundings.now(), failure.retry_delay.value_or(absl::ZeroDuration()));
    if (!delay.has_value()) return failure;
    surroundings.sleep(*delay);
    if (failure.code == absl::StatusCode::kUnavailable) {
      certs::Reconnect(*context.channel,
                       std::clamp(deadline - surroundings.now(), absl::ZeroDuration(), kReconnectWait));
    }
    if (surroundings.now() >= deadline) return failure;
  }
}

}  // namespace envej::region
