#include "broker/operations/console/inboxes_command.h"

#include <algorithm>
#include <vector>

#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/inbox_table.h"
#include "proto/contract/message_codec.h"

namespace envej::console {

ExitCode ShowInboxes(const InboxesOptions& options, const CommandContext& context) {
  v1::ListInboxesRequest request;
  request.set_municipality_code(options.municipality_code);
  v1::ListInboxesResponse answer;
  const grpc::Status status = Ask(context, &Stub::ListInboxes, request, answer);
  if (!status.ok()) return ReportFailure(status, context);
  const std::vector<v1::InboxStatus> inboxes(answer.inboxes().begin(), answer.inboxes().end());
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
  } else {
    // Ages are by the broker's clock, which stamped what they are of.
    const absl::Time now =
        answer.has_counted_at() ? contract::FromMessage(answer.counted_at()) : context.surroundings.now();
    InboxTable(inboxes, TimeForm::kTimeAndAgo, context.copenhagen, now).Write(context.streams);
    context.streams.out << '\n' << Totals(inboxes) << '\n';
    if (answer.has_counted_at()) {
      context.streams.out << "counted " << LocalTime(now, context.copenhagen) << '\n';
    }
  }
  const bool any_silent =
      std::any_of(inboxes.begin(), inboxes.end(), [](const v1::InboxStatus& inbox) { return inbox.silent(); });
  return options.fail_if_silent && any_silent ? ExitCode::kAttention : ExitCode::kDone;
}

}  // namespace envej::console
