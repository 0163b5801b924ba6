#include "broker/operations/console/broker_calls.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "certs/retried_call.h"
#include "proto/contract/json_line.h"
#include "proto/contract/rejection.h"
#include "proto/contract/status_codec.h"

namespace envej::console {
namespace {

constexpr absl::Duration kAttemptMost = absl::Seconds(30);
constexpr char kCaller[] = "one of operations (urn:envej:operations:NAME)";

contract::Reason ReasonOf(const grpc::Status& status) { return contract::FromGrpcStatus(status).reason; }

absl::StatusCode CodeOf(const grpc::Status& status) { return static_cast<absl::StatusCode>(status.error_code()); }

std::string TryingAgain(const grpc::Status& status, absl::Time deadline, const CommandContext& context) {
  const std::string until = absl::FormatTime("%H:%M:%S", deadline, context.copenhagen);
  const contract::Reason reason = ReasonOf(status);
  if (reason != contract::Reason::kNone) {
    const contract::ReasonEntry& entry = contract::Describe(reason);
    return absl::StrCat("the broker at ", context.broker, " refuses for now: ", entry.name, ": ", entry.text,
                        "; trying again until ", until);
  }
  const std::string code = absl::StatusCodeToString(CodeOf(status));
  if (!certs::LacksTlsConnection(status)) {
    return absl::StrCat("the broker at ", context.broker, " does not answer (", code, "): trying again until ", until);
  }
  return absl::StrCat("no TLS connection to the broker at ", context.broker, " comes about (", code,
                      "): check that --authorities and --certificate are those of its authority, and that --broker is "
                      "a name in its certificate; trying again until ",
                      until);
}

// Says each kind of failure once.
class RetryNews {
 public:
  RetryNews(const CommandContext& context, absl::Time deadline) : context_(context), deadline_(deadline) {}

  void operator()(const grpc::Status& status) {
    const contract::Reason reason = ReasonOf(status);
    // A broker that says how fast it may be asked is asked as fast as that.
    if (reason == contract::Reason::kBrokerBusy || reason == contract::Reason::kRateExceeded) return;
    if (!told_.insert({certs::LacksTlsConnection(status), reason}).second) return;
    context_.streams.err << TryingAgain(status, deadline_, context_) << std::endl;  // seen while it waits
  }

 private:
  const CommandContext& context_;
  const absl::Time deadline_;
  std::set<std::pair<bool, contract::Reason>> told_;
};

}  // namespace

grpc::Status CallBroker(const CommandContext& context,
                        const std::function<grpc::Status(Stub& stub, grpc::ClientContext& attempt)>& call,
                        int* attempts) {
  const std::unique_ptr<Stub> stub = v1::OperationsService::NewStub(context.channel);
  const absl::Time deadline = context.surroundings.now() + context.deadline;
  RetryNews news(context, deadline);
  return certs::CallWithRetries(
      *context.channel, context.surroundings, deadline, kAttemptMost,
      [&](grpc::ClientContext& attempt) {
        if (attempts != nullptr) ++*attempts;
        return call(*stub, attempt);
      },
      [&news](const grpc::Status& status) { news(status); });
}

std::string ExplainFailure(const grpc::Status& status, const std::string& broker) {
  const contract::Reason reason = ReasonOf(status);
  if (reason != contract::Reason::kNone) {
    const contract::ReasonEntry& entry = contract::Describe(reason);
    return absl::StrCat(entry.name, ": ", entry.text);
  }
  return absl::StrCat("the broker at ", broker, " ", certs::WhatToDo(CodeOf(status), kCaller), " (",
                      absl::StatusCodeToString(CodeOf(status)), ")");
}

ExitCode ReportFailure(const grpc::Status& status, const CommandContext& context) {
  context.streams.err << ExplainFailure(status, context.broker) << '\n';
  return ReasonOf(status) == contract::Reason::kNone ? ExitCode::kUnreachable : ExitCode::kAttention;
}

void WriteJson(const google::protobuf::Message& answer, const Streams& streams) {
  streams.out << contract::ToJsonLine(answer, contract::Defaults::kWritten) << '\n';
}

}  // namespace envej::console
