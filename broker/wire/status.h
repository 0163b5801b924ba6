#ifndef ENVEJ_BROKER_WIRE_STATUS_H_
#define ENVEJ_BROKER_WIRE_STATUS_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/status/status.h"
#include "broker/log.h"
#include "envej/v1/rejection.pb.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

// What a caller is told of a failed call: a refusal with its reason; of any other error only that it is ours or
// that the call may be repeated. The error's own text goes to the log and never to a caller.
grpc::Status ToCallStatus(const absl::Status& status, const Log& log);

// The refusal of one item of a batch. An error of ours, which is no refusal, has none: the whole call then fails.
std::optional<v1::Rejection> ToItemRejection(const absl::Status& status);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_STATUS_H_
