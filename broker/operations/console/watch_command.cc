#include "broker/operations/console/watch_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/words.h"
#include "certs/client_connection.h"
#include "certs/new_file.h"
#include "certs/retried_call.h"
#include "proto/contract/json_line.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"
#include "proto/contract/retry_policy.h"
#include "proto/contract/status_codec.h"

namespace envej::console {
namespace {

// An answer comes each 30 seconds at the least; a stream that hangs is begun again after this.
constexpr absl::Duration kStreamMost = absl::Minutes(10);

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

class Watching {
 public:
  Watching(const WatchOptions& options, const CommandContext& context)
      : options_(options),
        context_(context),
        ends_at_(context.surroundings.now() + options.at_most),
        stub_(v1::OperationsService::NewStub(context.channel)),
        policy_(absl::InfiniteFuture(), context.surroundings.random) {}

  ExitCode Run();

 private:
  // True also if there is no such file yet; false if it holds no token.
  bool ReadToken();
  v1::WatchEventsRequest Request() const;
  // Until the stream ends; nothing, if it is to be gone on with.
  std::optional<ExitCode> Listen();
  std::optional<ExitCode> Take(const v1::WatchEventsResponse& answer);
  std::optional<ExitCode> TryAgain(const grpc::Status& status);

  const WatchOptions& options_;
  const CommandContext& context_;
  const absl::Time ends_at_;
  const std::unique_ptr<Stub> stub_;
  contract::RetryPolicy policy_;
  std::string token_;
  bool told_ = false;  // that the broker does not answer
};

bool Watching::ReadToken() {
  if (options_.resume_file.empty()) return true;
  std::ifstream file(options_.resume_file, std::ios::binary);
  if (!file) return true;
  token_.assign(std::istreambuf_iterator<char>(file), {});
  absl::StripAsciiWhitespace(&token_);
  return !token_.empty() && token_.size() <= contract::kPageTokenCharacters;
}

v1::WatchEventsRequest Watching::Request() const {
  v1::WatchEventsRequest request;
  request.set_resume_token(token_);
  request.set_from_the_beginning(token_.empty() && options_.from_the_beginning);
  request.set_municipality_code(options_.municipality_code);
  for (const v1::EventKind kind : options_.kinds) request.add_kinds(kind);
  return request;
}

std::optional<ExitCode> Watching::Take(const v1::WatchEventsResponse& answer) {
  const Streams& streams = context_.streams;
  if (answer.begins_anew()) {
    streams.err << "the broker no longer has all that happened since: some events may be missing or come again"
                << std::endl;
  }
  for (const v1::OperationsEvent& event : answer.events()) {
    streams.out << (context_.output == OutputForm::kJson ? contract::ToJsonLine(event, contract::Defaults::kWritten)
                                                         : ToTextLine(event, context_))
                << '\n';
  }
  if (!streams.out.flush().good()) return ExitCode::kUnusable;  // said by whoever called
  token_ = answer.resume_token();
  if (options_.resume_file.empty()) return std::nullopt;
  const absl::Status kept =
      certs::WriteFiles({{.path = options_.resume_file, .contents = token_ + "\n"}}, certs::WhenThere::kReplace);
  if (kept.ok()) return std::nullopt;
  streams.err << kept.message() << '\n';
  return ExitCode::kUnusable;
}

std::optional<ExitCode> Watching::Listen() {
  grpc::ClientContext call;
  call.set_deadline(absl::ToChronoTime(std::min(ends_at_, context_.surroundings.now() + kStreamMost)));
  const auto stream = stub_->WatchEvents(&call, Request());
  v1::WatchEventsResponse answer;
  std::optional<ExitCode> ended;
  while (!ended.has_value() && stream->Read(&answer)) {
    policy_.Progressed();
    told_ = false;
    ended = Take(answer);
  }
  if (ended.has_value()) call.TryCancel();
  const grpc::Status status = stream->Finish();
  if (ended.has_value()) return ended;
  if (context_.surroundings.now() >= ends_at_) return ExitCode::kDone;
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return std::nullopt;
  return TryAgain(status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "") : status);
}

std::optional<ExitCode> Watching::TryAgain(const grpc::Status& status) {
  if (!options_.resume_file.empty() &&
      contract::FromGrpcStatus(status).reason == contract::Reason::kWatchTokenInvalid) {
    context_.streams.err << options_.resume_file
                         << ": holds no place that this broker knows; remove the file to begin anew\n";
    return ExitCode::kUnusable;
  }
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::optional<absl::Duration> asked = contract::RetryDelayOf(status);
  if (!contract::IsRetriable(code, asked.has_value())) return ReportFailure(status, context_);
  if (!told_) context_.streams.err << ExplainFailure(status, context_.broker) << "; trying again" << std::endl;
  told_ = true;
  const absl::Duration delay = policy_.NextDelay(context_.surroundings.now(), asked.value_or(absl::ZeroDuration()))
                                   .value_or(absl::ZeroDuration());
  context_.surroundings.sleep(std::min(delay, ends_at_ - context_.surroundings.now()));
  if (code == absl::StatusCode::kUnavailable) certs::Reconnect(*context_.channel, certs::kReconnectWait);
  return context_.surroundings.now() >= ends_at_ ? std::optional(ExitCode::kUnreachable) : std::nullopt;
}

ExitCode Watching::Run() {
  if (!ReadToken()) {
    context_.streams.err << options_.resume_file << ": is no file of this program's; name another one\n";
    return ExitCode::kUnusable;
  }
  for (;;) {
    const std::optional<ExitCode> ended = Listen();
    if (ended.has_value()) return *ended;
  }
}

}  // namespace

ExitCode WatchEvents(const WatchOptions& options, const CommandContext& context) {
  return Watching(options, context).Run();
}

}  // namespace envej::console
