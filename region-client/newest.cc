#include "region-client/newest.h"

#include <memory>

#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/retry_policy.h"
#include "proto/contract/status_codec.h"
#include "region-client/retried_call.h"

namespace envej::region {

Newest AskNewest(const CommandContext& context, absl::Time deadline, const std::string& municipality_code,
                 const std::string& notice_id, const std::function<void(const CallFailure&)>& trying_again) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  v1::GetNoticeRequest request;
  request.set_municipality_code(municipality_code);
  request.set_notice_id(notice_id);
  request.set_region_code(context.notices_of);
  v1::GetNoticeResponse answer;
  const auto call = [&](grpc::ClientContext& attempt) {
    answer.Clear();
    return stub->GetNotice(&attempt, request, &answer);
  };
  const grpc::Status status = CallWithRetries(context, deadline, call, trying_again);
  if (status.ok()) return answer;
  if (contract::FromGrpcStatus(status).reason == contract::Reason::kNoticeNotFound) return std::nullopt;
  return ToCallFailure(status);
}

Outcome NotAsked(const CallFailure& failure) {
  const bool for_good =
      failure.refused_by_contract && !contract::IsRetriable(failure.code, failure.retry_delay.has_value());
  return {
      .kind = for_good ? Outcome::Kind::kRefused : Outcome::Kind::kUnsent, .receipt = {}, .refusal = failure.refusal};
}

}  // namespace envej::region
