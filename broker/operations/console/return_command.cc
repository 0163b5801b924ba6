#include "broker/operations/console/return_command.h"

#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/words.h"
#include "proto/contract/printable.h"

namespace envej::console {

ExitCode ReturnNotice(const std::string& name, const CommandContext& context) {
  v1::ReturnNoticeRequest request;
  *request.mutable_notice() = ToNoticeName(name);
  v1::ReturnNoticeResponse answer;
  const grpc::Status status = Ask(context, &Stub::ReturnNotice, request, answer);
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
    return ExitCode::kDone;
  }
  const absl::Time now = context.surroundings.now();
  const auto time = [&](const google::protobuf::Timestamp& at) {
    return LocalTimeAndAgo(true, at, context.copenhagen, now);
  };
  if (answer.has_returned_at()) {
    context.streams.out << "returned: " << name << ", " << time(answer.returned_at())
                        << "; its region is told, and its content is destroyed\n";
    return ExitCode::kDone;
  }
  const v1::ReturnProposal& proposal = answer.proposal();
  context.streams.out << "proposed, not yet returned: " << name << '\n'
                      << "  by " << contract::Printable(proposal.proposed_by()) << ", " << time(proposal.proposed_at())
                      << '\n'
                      << "  another operator must do the same within 24 h, until " << time(proposal.expires_at())
                      << ":\n"
                      << "  envej-ops return " << name << '\n';
  return ExitCode::kDone;
}

}  // namespace envej::console
