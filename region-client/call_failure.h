#ifndef ENVEJ_REGION_CLIENT_CALL_FAILURE_H_
#define ENVEJ_REGION_CLIENT_CALL_FAILURE_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/rejection.h"
#include "region-client/notice_file.h"
#include "region-client/output.h"

namespace envej::region {

// What a failed call says, without any text that came over the wire.
struct CallFailure {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  bool refused_by_contract = false;           // it carries a reason of the contract
  bool lacks_tls_connection = false;          // as certs::LacksTlsConnection
  std::optional<absl::Duration> retry_delay;  // it carries a google.rpc.RetryInfo
  contract::Reason reason = contract::Reason::kNone;
  Refusal refusal;  // that reason, or the code's name and what to do next
};

// `status` is not OK.
CallFailure ToCallFailure(const grpc::Status& status);
// The same of a notice that was refused for now, in the answer to a call about several.
CallFailure ToCallFailure(const contract::Rejection& rejection);

// Whether the broker may have carried out a failed call: not if it says a reason, nor if it does not know the caller
// or the call, nor if the call never left.
bool MayBeCarriedOut(const CallFailure& failure, const grpc::ClientContext& context);

// One line about a failed call to `broker` (an address), with what to do next.
std::string ExplainFailure(const grpc::Status& status, absl::string_view broker);

// Writes that line as an error, and answers what the program ends with: kRefused if the contract gives a reason,
// otherwise kUnreachable.
ExitCode ReportFailure(const grpc::Status& status, absl::string_view broker, const Streams& streams);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_CALL_FAILURE_H_
