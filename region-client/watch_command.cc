#include "region-client/watch_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/client_connection.h"
#include "certs/new_file.h"
#include "certs/retried_call.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/limits.h"
#include "proto/contract/printable.h"
#include "proto/contract/retry_policy.h"
#include "proto/contract/status_codec.h"
#include "region-client/call_failure.h"

namespace envej::region {
namespace {

// The answer that is longest expected without anything to tell comes each 30 seconds; a stream that hangs is begun
// again after this.
constexpr absl::Duration kStreamMost = absl::Minutes(10);

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

class Watching {
 public:
  Watching(const WatchOptions& options, const CommandContext& context)
      : options_(options),
        context_(context),
        ends_at_(context.surroundings.now() + options.at_most),
        stub_(v1::IntakeService::NewStub(context.channel)),
        policy_(absl::InfiniteFuture(), context.surroundings.random) {}

  ExitCode Run();

 private:
  // Nothing if there is no such file yet; false if it holds no token.
  bool ReadToken();
  // Until the stream ends; nothing, if it is to be gone on with.
  std::optional<ExitCode> Listen();
  std::optional<ExitCode> Take(const v1::WatchNoticesResponse& answer);
  std::optional<ExitCode> TryAgain(const grpc::Status& status);
  bool IsAskedFor(const v1::NoticeChange& change) const;

  const WatchOptions& options_;
  const CommandContext& context_;
  const absl::Time ends_at_;
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  contract::RetryPolicy policy_;
  std::string token_;
  bool told_ = false;  // that the broker does not answer
};

bool Watching::ReadToken() {
  if (options_.resume.empty()) return true;
  std::ifstream file(options_.resume, std::ios::binary);
  if (!file) return true;
  token_.assign(std::istreambuf_iterator<char>(file), {});
  absl::StripAsciiWhitespace(&token_);
  return !token_.empty() && token_.size() <= contract::kPageTokenCharacters;
}

bool Watching::IsAskedFor(const v1::NoticeChange& change) const {
  const bool is_kind = options_.kinds.empty() ||
                       std::find(options_.kinds.begin(), options_.kinds.end(), change.kind()) != options_.kinds.end();
  return is_kind &&
         (options_.municipality_codes.empty() || options_.municipality_codes.contains(change.municipality_code()));
}

std::optional<ExitCode> Watching::Take(const v1::WatchNoticesResponse& answer) {
  const Streams& streams = context_.streams;
  if (answer.begins_anew()) {
    streams.err << "the broker no longer has all that happened since: some changes may be missing or come again; "
                   "`envej-region status` shows where each notice is\n";
  }
  for (const v1::NoticeChange& change : answer.changes()) {
    if (!IsAskedFor(change)) continue;
    streams.out << (options_.output == OutputForm::kJson ? contract::ToJsonLine(change) : ToTextLine(change, context_))
                << '\n';
  }
  if (!streams.out.flush().good()) return ExitCode::kUnusable;  // said by whoever called
  token_ = answer.resume_token();
  if (options_.resume.empty()) return std::nullopt;
  const absl::Status kept =
      certs::WriteFiles({{.path = options_.resume, .contents = token_ + "\n"}}, certs::WhenThere::kReplace);
  if (kept.ok()) return std::nullopt;
  streams.err << kept.message() << '\n';
  return ExitCode::kUnusable;
}

std::optional<ExitCode> Watching::Listen() {
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(std::min(ends_at_, context_.surroundings.now() + kStreamMost)));
  v1::WatchNoticesRequest request;
  request.set_resume_token(token_);
  const auto stream = stub_->WatchNotices(&call, request);
  v1::WatchNoticesResponse answer;
  std::optional<ExitCode> ended;
  while (!ended.has_value() && stream->Read(&answer)) {
    policy_.Progressed();
    told_ = false;
    ended = Take(answer);
    if (!ended.has_value() && options_.sending_again != nullptr) options_.sending_again->Hear(answer);
  }
  if (ended.has_value()) call.TryCancel();
  const grpc::Status status = stream->Finish();
  if (ended.has_value()) return ended;
  if (context_.surroundings.now() >= ends_at_) return ExitCode::kDone;
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return std::nullopt;
  return TryAgain(status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "") : status);
}

std::optional<ExitCode> Watching::TryAgain(const grpc::Status& status) {
  const CallFailure failure = ToCallFailure(status);
  if (contract::FromGrpcStatus(status).reason == contract::Reason::kWatchTokenInvalid) {
    context_.streams.err << options_.resume
                         << ": holds no place that this broker knows; remove the file to begin with the oldest\n";
    return ExitCode::kUnusable;
  }
  if (!contract::IsRetriable(failure.code, failure.retry_delay.has_value())) {
    return ReportFailure(status, context_.broker, context_.streams);
  }
  if (!told_) context_.streams.err << ExplainFailure(status, context_.broker) << "; trying again" << std::endl;
  told_ = true;
  const absl::Duration delay =
      policy_.NextDelay(context_.surroundings.now(), failure.retry_delay.value_or(absl::ZeroDuration()))
          .value_or(absl::ZeroDuration());
  context_.surroundings.sleep(std::min(delay, ends_at_ - context_.surroundings.now()));
  if (failure.code == absl::StatusCode::kUnavailable) certs::Reconnect(*context_.channel, certs::kReconnectWait);
  return context_.surroundings.now() >= ends_at_ ? std::optional(ExitCode::kUnreachable) : std::nullopt;
}

ExitCode Watching::Run() {
  if (!ReadToken()) {
    context_.streams.err << options_.resume << ": is no file of this program's; name another one\n";
    return ExitCode::kUnusable;
  }
  for (;;) {
    const std::optional<ExitCode> ended = Listen();
    if (ended.has_value()) return *ended;
  }
}

}  // namespace

ExitCode WatchChanges(const WatchOptions& options, const CommandContext& context) {
  return Watching(options, context).Run();
}

}  // namespace envej::region
