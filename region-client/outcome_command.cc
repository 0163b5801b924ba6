#include "region-client/outcome_command.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"
#include "region-client/newest.h"
#include "region-client/notice_ids.h"
#include "region-client/progress_bar.h"
#include "region-client/retry_news.h"

namespace envej::region {
namespace {

using Json = nlohmann::ordered_json;

// Prints what became of each.
class Report {
 public:
  Report(const OutcomeOptions& options, const CommandContext& context) : options_(options), context_(context) {}

  void Acknowledged(const std::string& id, const google::protobuf::Timestamp& time) {
    if (options_.output == OutputForm::kText) {
      rows_.push_back({id, FormatTimestamp(true, time, context_.copenhagen)});
      return;
    }
    Json json = Of(id, "acknowledged");
    json["acknowledged_at"] = absl::FormatTime(absl::RFC3339_full, contract::FromMessage(time), absl::UTCTimeZone());
    Write(json);
  }

  void Failed(const std::string& id, const CallFailure& failure) {
    const bool refused = NotAsked(failure).kind == Outcome::Kind::kRefused;
    exit_code_ = refused && exit_code_ != ExitCode::kUnreachable ? ExitCode::kRefused : ExitCode::kUnreachable;
    if (options_.output == OutputForm::kText) {
      context_.streams.err << id << ": " << failure.refusal.reason << ": " << failure.refusal.text << '\n';
      return;
    }
    Json json = Of(id, refused ? "refused" : "unknown");
    json["reason"] = failure.refusal.reason;
    json["text"] = failure.refusal.text;
    Write(json);
  }

  ExitCode Finish() {
    if (rows_.size() > 1) contract::WriteTable(rows_, context_.streams.out);
    return exit_code_;
  }

 private:
  Json Of(const std::string& id, const char* outcome) const {
    return {{"notice_id", id}, {"municipality_code", options_.municipality_code}, {"outcome", outcome}};
  }
  void Write(const Json& json) { context_.streams.out << json.dump() << '\n'; }

  const OutcomeOptions& options_;
  const CommandContext& context_;
  std::vector<std::vector<std::string>> rows_ = {{"NOTICE", "ACKNOWLEDGED"}};
  ExitCode exit_code_ = ExitCode::kDone;
};

}  // namespace

ExitCode AcknowledgeOutcomes(const OutcomeOptions& options, const CommandContext& context) {
  const absl::StatusOr<std::vector<std::string>> ids = ReadNoticeIds(options.ids, context.streams.in);
  if (!ids.ok()) {
    context.streams.err << ids.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  const std::unique_ptr<v1::IntakeService::Stub> stub = v1::IntakeService::NewStub(context.channel);
  const absl::Time deadline = context.surroundings.now() + options.deadline;
  ProgressBar no_progress(context.streams.err, /*shown=*/false, ids->size());
  RetryNews news(context, deadline, no_progress);
  Report report(options, context);
  for (const std::string& id : *ids) {
    v1::AcknowledgeOutcomeRequest request;
    request.set_municipality_code(options.municipality_code);
    request.set_notice_id(id);
    request.set_region_code(context.notices_of);
    v1::AcknowledgeOutcomeResponse answer;
    const auto call = [&](grpc::ClientContext& attempt) {
      answer.Clear();
      return stub->AcknowledgeOutcome(&attempt, request, &answer);
    };
    const grpc::Status status =
        CallWithRetries(context, deadline, call, [&](const CallFailure& failure) { news(failure); });
    if (status.ok()) {
      report.Acknowledged(id, answer.acknowledged_at());
    } else {
      report.Failed(id, ToCallFailure(status));
    }
  }
  return report.Finish();
}

}  // namespace envej::region
