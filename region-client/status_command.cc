#include "region-client/status_command.h"

#include <grpcpp/client_context.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/limits.h"
#include "proto/contract/printable.h"
#include "proto/contract/status_codec.h"
#include "region-client/call_failure.h"

namespace envej::region {
namespace {

constexpr int kPages = 100'000;
constexpr int kAttempts = 10;  // of a page that is asked for too fast

using Rows = std::vector<std::vector<std::string>>;

Rows Heading() {
  return {{"NOTICE", "REVISION", "KIND", "STATE", "DISCHARGE", "ACCEPTED", "FIRST LEASED", "LEASES", "CONCLUDED",
           "RETURN REASON", "ORIGIN", "NOTES"}};
}

// What few notices have, in words.
std::string Notes(const v1::NoticeStatus& status, const absl::TimeZone& zone) {
  std::vector<std::string> notes;
  const auto note = [&notes](const auto&... parts) { notes.push_back(absl::StrCat(parts...)); };
  if (status.delivered_revision() != 0 && status.kind() != v1::ITEM_KIND_NOTICE) {
    note("revision ", status.delivered_revision(), " delivered");
  }
  if (status.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    note("withdrawn: ", contract::Word(v1::WithdrawalReason_Name(status.withdrawal_reason()), "WITHDRAWAL_REASON_",
                                       status.withdrawal_reason()));
  }
  for (const int late : status.late()) {
    note("late: ", contract::Word(v1::Lateness_Name(static_cast<v1::Lateness>(late)), "LATENESS_", late));
  }
  if (status.failure_count() != 0) note(status.failure_count(), " leases ran out");
  if (status.has_held_until()) note("held until ", FormatTimestamp(true, status.held_until(), zone));
  if (status.has_undelivered_told_at()) {
    note("undelivered, told ", FormatTimestamp(true, status.undelivered_told_at(), zone));
  }
  if (status.has_outcome_acknowledged_at()) {
    note("outcome acknowledged ", FormatTimestamp(true, status.outcome_acknowledged_at(), zone));
  }
  return notes.empty() ? "-" : absl::StrJoin(notes, "; ");
}

std::vector<std::string> ToRow(const v1::NoticeStatus& status, const absl::TimeZone& zone) {
  const bool returned = status.return_reason() != v1::RETURN_REASON_UNSPECIFIED;
  return {contract::Printable(status.notice_id()),
          absl::StrCat(status.revision()),
          status.kind() == v1::ITEM_KIND_UNSPECIFIED
              ? "-"
              : contract::Word(v1::ItemKind_Name(status.kind()), "ITEM_KIND_", status.kind()),
          contract::Word(v1::NoticeState_Name(status.state()), "NOTICE_STATE_", status.state()),
          contract::Printable(status.discharge_date()),
          FormatTimestamp(status.has_accepted_at(), status.accepted_at(), zone),
          FormatTimestamp(status.has_first_leased_at(), status.first_leased_at(), zone),
          absl::StrCat(status.lease_count()),
          FormatTimestamp(status.has_concluded_at(), status.concluded_at(), zone),
          returned
              ? contract::Word(v1::ReturnReason_Name(status.return_reason()), "RETURN_REASON_", status.return_reason())
              : "-",
          status.origin().empty() ? "-" : contract::Printable(status.origin()),
          Notes(status, zone)};
}

ExitCode ShowOne(v1::IntakeService::Stub& stub, const StatusOptions& options, const CommandContext& context) {
  v1::GetNoticeRequest request;
  request.set_municipality_code(options.municipality_code);
  request.set_notice_id(options.notice_id);
  request.set_region_code(context.notices_of);
  grpc::ClientContext call;
  SetCallDeadline(context, call);
  v1::GetNoticeResponse response;
  const grpc::Status status = stub.GetNotice(&call, request, &response);
  if (!status.ok() && contract::FromGrpcStatus(status).reason == contract::Reason::kNoticeNotFound) {
    context.streams.err << "municipality " << options.municipality_code
                        << " has no such notice of this region: check the id and the municipality\n";
    return ExitCode::kRefused;
  }
  if (!status.ok()) return ReportFailure(status, context.broker, context.streams);
  if (options.output == OutputForm::kJson) {
    context.streams.out << contract::ToJsonLine(response) << '\n';
    return ExitCode::kDone;
  }
  Rows rows = Heading();
  rows.push_back(ToRow(response.status(), context.copenhagen));
  contract::WriteTable(rows, context.streams.out);
  return ExitCode::kDone;
}

// A long list is asked for faster than agreed at some page; the broker then says how long to wait.
grpc::Status ListPage(v1::IntakeService::Stub& stub, const v1::ListNoticesRequest& request,
                      const CommandContext& context, v1::ListNoticesResponse& response) {
  grpc::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    grpc::ClientContext call;
    SetCallDeadline(context, call);
    status = stub.ListNotices(&call, request, &response);
    const std::optional<absl::Duration> delay = contract::RetryDelayOf(status);
    if (status.ok() || contract::FromGrpcStatus(status).reason != contract::Reason::kRateExceeded) break;
    context.surroundings.sleep(delay.value_or(absl::Seconds(1)));
  }
  return status;
}

ExitCode ShowAll(v1::IntakeService::Stub& stub, const StatusOptions& options, const CommandContext& context) {
  v1::ListNoticesRequest request;
  request.set_municipality_code(options.municipality_code);
  request.set_region_code(context.notices_of);
  for (const v1::NoticeState state : options.states) request.add_states(state);
  request.set_origin(options.origin);
  request.set_page_size(contract::kPageMost);
  Rows rows = Heading();
  for (int page = 0; page < kPages; ++page) {
    v1::ListNoticesResponse response;
    const grpc::Status status = ListPage(stub, request, context, response);
    if (!status.ok()) return ReportFailure(status, context.broker, context.streams);
    for (const v1::NoticeStatus& notice : response.notices()) {
      if (options.output == OutputForm::kJson) {
        context.streams.out << contract::ToJsonLine(notice) << '\n';
      } else if (rows.size() > kTableRows) {
        context.streams.err << "more than " << kTableRows << " notices: use --output json, --state or --origin\n";
        return ExitCode::kUnusable;
      } else {
        rows.push_back(ToRow(notice, context.copenhagen));
      }
    }
    if (response.next_page_token().empty()) {
      if (options.output == OutputForm::kText) contract::WriteTable(rows, context.streams.out);
      return ExitCode::kDone;
    }
    if (response.next_page_token() == request.page_token()) break;
    request.set_page_token(response.next_page_token());
  }
  context.streams.err << "the broker's list does not end: tell operations\n";
  return ExitCode::kUnreachable;
}

}  // namespace

ExitCode ShowStatus(const StatusOptions& options, const CommandContext& context) {
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  return options.notice_id.empty() ? ShowAll(*stub, options, context) : ShowOne(*stub, options, context);
}

}  // namespace envej::region
