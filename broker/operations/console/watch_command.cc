#include "broker/operations/console/watch_command.h"

#include <grpcpp/client_context.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/words.h"
#include "certs/resumed_watch.h"
#include "proto/contract/json_line.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

std::string ToTextLine(const v1::OperationsEvent& event, const CommandContext& context) {
  std::string line =
      absl::StrCat(event.has_at() ? LocalTime(contract::FromMessage(event.at()), context.copenhagen) : "-", "  ",
                   WordOf(event.kind()));
  const auto add = [&line](absl::string_view before, const std::string& text) {
    if (!text.empty()) absl::StrAppend(&line, before, contract::Printable(text));
  };
  if (event.has_notice()) {
    add("  ", NameOf(event.notice()));
    absl::StrAppend(&line, "  revision ", event.revision());
  }
  add("  ", event.participant());
  add("  by ", event.actor());
  add(": ", DetailOf(event));
  return Emphasised(line, EmphasisOf(event.kind()), context.streams.colour);
}

v1::WatchEventsRequest ToRequest(const WatchOptions& options, const std::string& place) {
  v1::WatchEventsRequest request;
  request.set_resume_token(place);
  request.set_from_the_beginning(place.empty() && options.from_the_beginning);
  request.set_municipality_code(options.municipality_code);
  for (const v1::EventKind kind : options.kinds) request.add_kinds(kind);
  return request;
}

void Tell(const v1::WatchEventsResponse& answer, const CommandContext& context) {
  const Streams& streams = context.streams;
  if (answer.begins_anew()) {
    streams.err << "the broker no longer has all that happened since: some events may be missing or come again"
                << std::endl;
  }
  for (const v1::OperationsEvent& event : answer.events()) {
    streams.out << (context.output == OutputForm::kJson ? contract::ToJsonLine(event, contract::Defaults::kWritten)
                                                        : ToTextLine(event, context))
                << '\n';
  }
}

}  // namespace

ExitCode WatchEvents(const WatchOptions& options, const CommandContext& context) {
  const std::unique_ptr<Stub> stub = v1::OperationsService::NewStub(context.channel);
  certs::ResumedWatch watch(
      {.resume_file = options.resume_file,
       .at_most = options.at_most,
       .explain = [&context](const grpc::Status& status) { return ExplainFailure(status, context.broker); }},
      *context.channel, context.surroundings, context.streams.out, context.streams.err);
  const certs::WatchEnd end = watch.Run<v1::WatchEventsResponse>(
      [&](grpc::ClientContext& call, const std::string& place) {
        return stub->WatchEvents(&call, ToRequest(options, place));
      },
      [&context](const v1::WatchEventsResponse& answer) { Tell(answer, context); });
  switch (end) {
    case certs::WatchEnd::kTimeIsOver:
      return ExitCode::kDone;
    case certs::WatchEnd::kUnusable:
      return ExitCode::kUnusable;
    case certs::WatchEnd::kUnreachable:
      return ExitCode::kUnreachable;
    case certs::WatchEnd::kFailed:
      break;
  }
  return ReportFailure(watch.failure(), context);
}

}  // namespace envej::console
