#include "region-client/municipality_list.h"

#include <memory>

#include "envej/v1/intake_service.grpc.pb.h"
#include "region-client/retried_call.h"

namespace envej::region {

std::variant<v1::ListMunicipalitiesResponse, CallFailure> FetchMunicipalities(
    const CommandContext& context, absl::Time deadline, const std::function<void(const CallFailure&)>& trying_again) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  v1::ListMunicipalitiesResponse response;
  const auto call = [&](grpc::ClientContext& attempt) { return stub->ListMunicipalities(&attempt, {}, &response); };
  const grpc::Status status = CallWithRetries(context, deadline, call, trying_again);
  if (!status.ok()) return ToCallFailure(status);
  return response;
}

}  // namespace envej::region
