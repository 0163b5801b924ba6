#include "broker/operations/console/return_command.h"

#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/words.h"
#include "proto/contract/printable.h"

namespace envej::console {

ExitCode ReturnNotice(const ReturnOptions& options, const CommandContext& context) {
  const std::string& name = options.name;
  v1::ReturnNoticeRequest request;
  *request.mutable_notice() = ToNoticeName(name);
  request.set_confirmed_proposal_id(options.confirmed_proposal_id);
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
                      << "  another operator must look at it (`envej-ops trace`) and confirm it by "
                      << time(proposal.expires_at()) << ", before anything else becomes of it:\n"
                      << "  envej-ops return " << name << " --confirm " << contract::Printable(proposal.proposal_id())
                      << '\n';
  return ExitCode::kDone;
}

}  // namespace envej::console
