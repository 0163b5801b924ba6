#ifndef ENVEJ_PROTO_CONTRACT_WHOLE_MICROSECONDS_H_
#define ENVEJ_PROTO_CONTRACT_WHOLE_MICROSECONDS_H_

#include "absl/time/time.h"

namespace envej::contract {

// A time as it is read back after it was written (byte_codec.h).
inline absl::Time WholeMicroseconds(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_WHOLE_MICROSECONDS_H_
