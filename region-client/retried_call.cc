#include "region-client/retried_call.h"

#include "absl/strings/str_cat.h"
#include "certs/retried_call.h"

namespace envej::region {
grpc::Status CallWithRetries(const CommandContext& context, absl::Time deadline,
                             const std::function<grpc::Status(grpc::ClientContext&)>& call,
                             const std::function<void(const CallFailure&)>& trying_again) {
  return certs::CallWithRetries(*context.channel, context.surroundings, deadline, kCallDeadline, call,
                                [&](const grpc::Status& status) { trying_again(ToCallFailure(status)); });
}

std::string TryingAgain(const CallFailure& failure, absl::Time deadline, const CommandContext& context) {
  const std::string until = absl::FormatTime("%H:%M:%S", deadline, context.copenhagen);
  if (failure.refused_by_contract) {
    return absl::StrCat("the broker at ", context.broker, " refuses for now: ", failure.refusal.reason, ": ",
                        failure.refusal.text, "; trying again until ", until);
  }
  const std::string code = absl::StatusCodeToString(failure.code);
  if (!failure.lacks_tls_connection) {
    return absl::StrCat("the broker at ", context.broker, " does not answer (", code, "): trying again until ", until);
  }
  return absl::StrCat("no TLS connection to the broker at ", context.broker, " comes about (", code,
                      "): check that --authorities and --certificate are those of its authority, and that --broker is "
                      "a name in its certificate; trying again until ",
                      until);
}

}  // namespace envej::region
