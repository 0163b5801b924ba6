#include "region-client/call_failure.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "certs/retried_call.h"
#include "proto/contract/status_codec.h"

namespace envej::region {
namespace {

constexpr char kCaller[] = "a region's";

// Whether a call was handed to a connection: only then gRPC names its peer by a socket's address and not by the name
// that the channel was made with. A name that looks like such an address errs on the safe side.
bool Left(const grpc::ClientContext& context) {
  const std::string peer = context.peer();
  return absl::StartsWith(peer, "ipv4:") || absl::StartsWith(peer, "ipv6:");
}

}  // namespace

CallFailure ToCallFailure(const grpc::Status& status) {
  CallFailure failure;
  failure.code = static_cast<absl::StatusCode>(status.error_code());
  failure.lacks_tls_connection = certs::LacksTlsConnection(status);
  failure.retry_delay = contract::RetryDelayOf(status);
  const contract::Rejection rejection = contract::FromGrpcStatus(status);
  failure.refused_by_contract = rejection.reason != contract::Reason::kNone;
  if (failure.refused_by_contract) {
    failure.reason = rejection.reason;
    failure.refusal = ToRefusal(rejection);
  } else {
    failure.refusal = {.reason = absl::StatusCodeToString(failure.code),
                       .text = absl::StrCat("the broker ", certs::WhatToDo(failure.code, kCaller)),
                       .fields = {}};
  }
  return failure;
}

CallFailure ToCallFailure(const contract::Rejection& rejection) {
  return {.code = contract::Describe(rejection.reason).code,
          .refused_by_contract = true,
          .retry_delay = contract::RetryDelay(rejection.reason),
          .reason = rejection.reason,
          .refusal = ToRefusal(rejection)};
}

bool MayBeCarriedOut(const CallFailure& failure, const grpc::ClientContext& context) {
  switch (failure.code) {
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
      return false;
    default:
      return !failure.refused_by_contract && Left(context);
  }
}

std::string ExplainFailure(const grpc::Status& status, absl::string_view broker) {
  const CallFailure failure = ToCallFailure(status);
  if (failure.refused_by_contract) return absl::StrCat(failure.refusal.reason, ": ", failure.refusal.text);
  return absl::StrCat("the broker at ", broker, " ", certs::WhatToDo(failure.code, kCaller), " (",
                      failure.refusal.reason, ")");
}

ExitCode ReportFailure(const grpc::Status& status, absl::string_view broker, const Streams& streams) {
  streams.err << ExplainFailure(status, broker) << '\n';
  return ToCallFailure(status).refused_by_contract ? ExitCode::kRefused : ExitCode::kUnreachable;
}

}  // namespace envej::region
