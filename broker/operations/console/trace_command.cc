#include "broker/operations/console/trace_command.h"

#include "absl/strings/str_cat.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/notices_command.h"
#include "broker/operations/console/words.h"
#include "proto/contract/rejection.h"
#include "proto/contract/status_codec.h"

namespace envej::console {
namespace {

void WriteTrace(const v1::NoticeTrace& trace, const CommandContext& context) {
  const absl::Time now = context.surroundings.now();
  NoticeTable where(context.copenhagen, now);
  where.Add(trace.notice());
  where.Write(context.streams);
  context.streams.out << '\n';
  Table hops({{"AT"}, {"WHAT"}, {"REVISION", Align::kRight}, {"BY"}, {"DETAIL"}});
  for (const v1::TraceHop& hop : trace.hops()) {
    hops.Add({LocalTimeAndAgo(hop.has_at(), hop.at(), context.copenhagen, now), WordOf(hop.kind()),
              absl::StrCat(hop.revision()), hop.actor().empty() ? "the broker" : hop.actor(), DetailOf(hop)},
             EmphasisOf(hop.kind()));
  }
  hops.Write(context.streams);
  if (trace.hops_left_out() > 0) {
    context.streams.out << Counted(trace.hops_left_out(), "hop", "hops")
                        << " in the middle, leases and their ends, are not remembered\n";
  }
}

}  // namespace

ExitCode TraceNotice(const v1::OperationsNoticeName& notice, const CommandContext& context) {
  v1::TraceNoticeRequest request;
  request.set_notice_id(notice.notice_id());
  request.set_municipality_code(notice.municipality_code());
  request.set_region_code(notice.region_code());
  v1::TraceNoticeResponse answer;
  const grpc::Status status = Ask(context, &Stub::TraceNotice, request, answer);
  if (!status.ok() && contract::FromGrpcStatus(status).reason == contract::Reason::kNoticeNotFound) {
    context.streams.err
        << "no notice has this id here: check the id; one that was forgotten, seven months after the last "
           "thing that happened to it, is not found either\n";
    return ExitCode::kAttention;
  }
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
    return ExitCode::kDone;
  }
  for (int i = 0; i < answer.traces_size(); ++i) {
    if (i > 0) context.streams.out << '\n';
    WriteTrace(answer.traces(i), context);
  }
  return ExitCode::kDone;
}

}  // namespace envej::console
