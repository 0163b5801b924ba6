#ifndef ENVEJ_REGION_CLIENT_RETRIED_CALL_H_
#define ENVEJ_REGION_CLIENT_RETRIED_CALL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "region-client/call_failure.h"
#include "region-client/command_context.h"

namespace envej::region {

// Makes a call until it succeeds, fails for good, or `deadline` has come, and answers how it ended. Each attempt is
// told of by `trying_again` if it failed and may be repeated, and has a context of its own, with its deadline set.
grpc::Status CallWithRetries(const CommandContext& context, absl::Time deadline,
                             const std::function<grpc::Status(grpc::ClientContext&)>& call,
                             const std::function<void(const CallFailure&)>& trying_again);

// One line that says so: why, and until when.
std::string TryingAgain(const CallFailure& failure, absl::Time deadline, const CommandContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RETRIED_CALL_H_
