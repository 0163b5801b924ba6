#include "broker/wire/status.h"

#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"

namespace envej::wire {

grpc::Status ToCallStatus(const absl::Status& status, const Log& log) {
  if (status.ok()) return grpc::Status::OK;
  const contract::Rejection rejection = contract::RejectionOf(status);
  if (rejection.reason != contract::Reason::kNone) return contract::ToGrpcStatus(rejection);
  if (absl::IsCancelled(status)) return grpc::Status::CANCELLED;
  log.Error("call_failed", {{"error", status.ToString()}});
  if (absl::IsUnavailable(status)) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        "the broker cannot answer now; repeat the call with the same ids");
  }
  return grpc::Status(grpc::StatusCode::INTERNAL, "the broker failed; its operations staff find the error in the log");
}

std::optional<v1::Rejection> ToItemRejection(const absl::Status& status) {
  const contract::Rejection rejection = contract::RejectionOf(status);
  if (rejection.reason == contract::Reason::kNone) return std::nullopt;
  return contract::ToMessage(rejection);
}

}  // namespace envej::wire
