#ifndef ENVEJ_PROTO_CONTRACT_SEALED_PAYLOAD_H_
#define ENVEJ_PROTO_CONTRACT_SEALED_PAYLOAD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/wiping.h"

namespace envej::contract {

// What is sealed of a notice with plain content: an envej.v1.SealedPayload, serialised. It holds the content: the
// caller wipes it.
std::string SealedPayloadOf(absl::string_view region_code, const v1::Notice& plain);

// The same of a withdrawal.
std::string SealedPayloadOf(absl::string_view region_code, const v1::Withdrawal& withdrawal);
// OK if the payload that was opened is this withdrawal's, from this region. Else as OpenNotice.
absl::Status CheckWithdrawalPayload(absl::string_view payload, absl::string_view region_code,
                                    const v1::Withdrawal& sealed);

// The plain notice behind a sealed one, from the payload that was opened: with the envelope of `sealed`, but for its
// commitments, which say nothing to the receiver. INVALID_ARGUMENT if the payload is none, FAILED_PRECONDITION if it
// belongs to another notice, revision, municipality or region: any field of the envelope differs.
absl::StatusOr<v1::Notice> OpenNotice(absl::string_view payload, absl::string_view region_code,
                                      const v1::Notice& sealed);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_SEALED_PAYLOAD_H_
