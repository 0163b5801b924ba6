#ifndef ENVEJ_PROTO_CONTRACT_STATUS_CODEC_H_
#define ENVEJ_PROTO_CONTRACT_STATUS_CODEC_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/contract/rejection.h"

namespace envej::contract {

inline constexpr absl::string_view kErrorDomain = "envej";

// How long a caller refused for `reason` should wait before it tries again, where the refusal says no time of its own;
// nothing if it should not by itself.
std::optional<absl::Duration> RetryDelay(Reason reason);

// The failed call's status: canonical code, fixed text, and ErrorInfo, BadRequest and RetryInfo as details.
grpc::Status ToGrpcStatus(const Rejection& rejection);

// No failed call makes a client wait longer than this.
inline constexpr absl::Duration kRetryDelayMost = absl::Minutes(10);

// How long a failed call asks to wait (google.rpc.RetryInfo), from zero to kRetryDelayMost; nothing if it does not say.
std::optional<absl::Duration> RetryDelayOf(const grpc::Status& status);

// The rejection that a failed call carries, without its delay; kNone if it carries none of ours.
Rejection FromGrpcStatus(const grpc::Status& status);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_STATUS_CODEC_H_
