#ifndef ENVEJ_PROTO_CONTRACT_MESSAGE_CODEC_H_
#define ENVEJ_PROTO_CONTRACT_MESSAGE_CODEC_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "envej/v1/checkpoint.pb.h"
#include "envej/v1/notice.pb.h"
#include "envej/v1/receipt.pb.h"
#include "envej/v1/rejection.pb.h"
#include "proto/contract/checkpoint.h"
#include "proto/contract/notice.h"
#include "proto/contract/receipt.h"
#include "proto/contract/rejection.h"
#include "proto/contract/withdrawal.h"

namespace envej::contract {

// The one codec between messages and values. Decoding never fails unless it says so: what is missing or unknown is
// said in the value, and the rules refuse it.
Notice FromMessage(const v1::Notice& message);

Withdrawal FromMessage(const v1::Withdrawal& message);

v1::Receipt ToMessage(const Receipt& receipt);
Receipt FromMessage(const v1::Receipt& message);

v1::CheckpointProof ToMessage(const CheckpointProof& proof);
// The one decoding that can fail: what is no proof is none. Errors as DecodeCheckpoint.
absl::StatusOr<CheckpointProof> FromMessage(const v1::CheckpointProof& message);

v1::Rejection ToMessage(const Rejection& rejection);
Rejection FromMessage(const v1::Rejection& message);  // kNone for a reason that only a newer peer knows

google::protobuf::Timestamp ToMessage(absl::Time time);
absl::Time FromMessage(const google::protobuf::Timestamp& message);  // clamped to years 0001 to 9999
google::protobuf::Duration ToMessage(absl::Duration duration);
absl::Duration FromMessage(const google::protobuf::Duration& message);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_MESSAGE_CODEC_H_
