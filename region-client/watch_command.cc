#include "region-client/watch_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/resumed_watch.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/printable.h"
#include "region-client/call_failure.h"

namespace envej::region {
namespace {

std::string DetailOf(const v1::NoticeChange& change) {
  switch (change.kind()) {
    case v1::CHANGE_KIND_RETURNED:
      return contract::Word(v1::ReturnReason_Name(change.return_reason()), "RETURN_REASON_", change.return_reason());
    case v1::CHANGE_KIND_WITHDRAWN:
      return contract::Word(v1::WithdrawalReason_Name(change.withdrawal_reason()), "WITHDRAWAL_REASON_",
                            change.withdrawal_reason());
    case v1::CHANGE_KIND_OVERDUE:
      return contract::Word(v1::Lateness_Name(change.lateness()), "LATENESS_", change.lateness());
    case v1::CHANGE_KIND_UNDELIVERED:
      return absl::StrCat("told ", change.undelivered_times(), change.undelivered_times() == 1 ? " time" : " times");
    default:
      return "";
  }
}

std::string ToTextLine(const v1::NoticeChange& change, const CommandContext& context) {
  std::string line = absl::StrCat(FormatTimestamp(change.has_at(), change.at(), context.copenhagen), "  region ",
                                  contract::Printable(change.region_code()), "  municipality ",
                                  contract::Printable(change.municipality_code()), "  ",
                                  contract::Printable(change.notice_id()), "  revision ", change.revision(), "  ",
                                  contract::Word(v1::ChangeKind_Name(change.kind()), "CHANGE_KIND_", change.kind()));
  const std::string detail = DetailOf(change);
  if (!detail.empty()) absl::StrAppend(&line, ": ", detail);
  return line;
}

bool IsAskedFor(const v1::NoticeChange& change, const WatchOptions& options) {
  const bool is_kind = options.kinds.empty() ||
                       std::find(options.kinds.begin(), options.kinds.end(), change.kind()) != options.kinds.end();
  return is_kind &&
         (options.municipality_codes.empty() || options.municipality_codes.contains(change.municipality_code()));
}

void Tell(const v1::WatchNoticesResponse& answer, const WatchOptions& options, const CommandContext& context) {
  const Streams& streams = context.streams;
  if (answer.begins_anew()) {
    streams.err << "the broker no longer has all that happened since: some changes may be missing or come again; "
                   "`envej-region status` shows where each notice is\n";
  }
  for (const v1::NoticeChange& change : answer.changes()) {
    if (!IsAskedFor(change, options)) continue;
    streams.out << (options.output == OutputForm::kJson ? contract::ToJsonLine(change) : ToTextLine(change, context))
                << '\n';
  }
}

}  // namespace

ExitCode WatchChanges(const WatchOptions& options, const CommandContext& context) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  certs::ResumedWatch watch(
      {.resume_file = options.resume,
       .at_most = options.at_most,
       .explain = [&context](const grpc::Status& status) { return ExplainFailure(status, context.broker); }},
      *context.channel, context.surroundings, context.streams.out, context.streams.err);
  const certs::WatchEnd end = watch.Run<v1::WatchNoticesResponse>(
      [&stub](grpc::ClientContext& call, const std::string& place) {
        v1::WatchNoticesRequest request;
        request.set_resume_token(place);
        return stub->WatchNotices(&call, request);
      },
      [&](const v1::WatchNoticesResponse& answer) { Tell(answer, options, context); },
      [&options](const v1::WatchNoticesResponse& answer) {
        if (options.sending_again != nullptr) options.sending_again->Hear(answer);
      });
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
  return ReportFailure(watch.failure(), context.broker, context.streams);
}

}  // namespace envej::region
