#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_BROKER_CALLS_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_BROKER_CALLS_H_

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "broker/operations/console/command_context.h"
#include "envej/v1/operations_service.grpc.pb.h"

namespace envej::console {

using Stub = v1::OperationsService::Stub;

// Makes one call of operations, and makes it again, for as long as context.deadline, while the broker does not answer
// or asks to wait; which is told once for each kind of failure. That is safe for every unary call of the service: those
// that change something may be repeated, by the contract, and then change nothing more. `attempts` counts them, if it
// is given.
grpc::Status CallBroker(const CommandContext& context,
                        const std::function<grpc::Status(Stub& stub, grpc::ClientContext& attempt)>& call,
                        int* attempts = nullptr);

template <typename Request, typename Response>
grpc::Status Ask(const CommandContext& context,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request,
                 Response& response, int* attempts = nullptr) {
  return CallBroker(
      context, [&](Stub& stub, grpc::ClientContext& attempt) { return (stub.*method)(&attempt, request, &response); },
      attempts);
}

// One line about a failed call, with what to do next. Nothing in it came over the wire but the name of a reason.
std::string ExplainFailure(const grpc::Status& status, const std::string& broker);

// Writes that line as an error, and answers what the program ends with: kAttention if the contract gives a reason,
// otherwise kUnreachable.
ExitCode ReportFailure(const grpc::Status& status, const CommandContext& context);

// Writes an answer as the one JSON document that a command's output is.
void WriteJson(const google::protobuf::Message& answer, const Streams& streams);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_BROKER_CALLS_H_
