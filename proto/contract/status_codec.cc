#include "proto/contract/status_codec.h"

#include <algorithm>
#include <string>

#include "envej/v1/rejection.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/contract/message_codec.h"

namespace envej::contract {
namespace {

Reason ReasonNamed(absl::string_view name) {
  for (const ReasonEntry& entry : AllReasons()) {
    if (entry.name == name) return entry.reason;
  }
  return Reason::kNone;
}

}  // namespace

std::optional<absl::Duration> RetryDelay(Reason reason) {
  switch (reason) {
    case Reason::kBrokerBusy:
      return absl::Milliseconds(500);
    case Reason::kBrokerStopping:
    case Reason::kRateExceeded:
      return absl::Seconds(1);
    case Reason::kBrokerRecovering:
    case Reason::kCallerStandingUnknown:
    case Reason::kStorageNearlyFull:
      return absl::Seconds(10);
    default:
      return std::nullopt;
  }
}

grpc::Status ToGrpcStatus(const Rejection& rejection) {
  const ReasonEntry& entry = Describe(rejection.reason);
  google::rpc::Status status;
  status.set_code(static_cast<int>(entry.code));
  status.set_message(std::string(entry.text));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(entry.name));
  info.set_domain(std::string(kErrorDomain));
  status.add_details()->PackFrom(info);
  if (!rejection.violations.empty()) {
    google::rpc::BadRequest bad_request;
    for (const Violation& violation : rejection.violations) {
      const ReasonEntry& why = Describe(violation.reason);
      google::rpc::BadRequest::FieldViolation& field = *bad_request.add_field_violations();
      field.set_field(violation.field);
      field.set_description(std::string(why.text));
      field.set_reason(std::string(why.name));
    }
    status.add_details()->PackFrom(bad_request);
  }
  const std::optional<absl::Duration> delay =
      rejection.retry_after.has_value() ? rejection.retry_after : RetryDelay(rejection.reason);
  if (delay.has_value()) {
    google::rpc::RetryInfo retry;
    *retry.mutable_retry_delay() = ToMessage(*delay);
    status.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(entry.code), status.message(), status.SerializeAsString());
}

std::optional<absl::Duration> RetryDelayOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::RetryInfo retry;
    if (detail.Is<google::rpc::RetryInfo>() && detail.UnpackTo(&retry)) {
      return std::clamp(FromMessage(retry.retry_delay()), absl::ZeroDuration(), kRetryDelayMost);
    }
  }
  return std::nullopt;
}

Rejection FromGrpcStatus(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return {};
  Rejection rejection;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info) && info.domain() == std::string(kErrorDomain)) {
      rejection.reason = ReasonNamed(info.reason());
    } else if (detail.Is<google::rpc::BadRequest>() && detail.UnpackTo(&bad_request)) {
      for (const google::rpc::BadRequest::FieldViolation& field : bad_request.field_violations()) {
        rejection.violations.push_back({.field = field.field(), .reason = ReasonNamed(field.reason())});
      }
    }
  }
  return rejection.reason == Reason::kNone ? Rejection{} : rejection;
}

}  // namespace envej::contract
