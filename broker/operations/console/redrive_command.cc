#include "broker/operations/console/redrive_command.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/notice_list.h"
#include "broker/operations/console/table.h"
#include "broker/operations/console/words.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

using Names = std::vector<v1::OperationsNoticeName>;

constexpr size_t kAtOnce = contract::kBatchNotices;
constexpr size_t kNoticesMost = 100'000;

std::optional<ExitCode> FindParked(const std::string& municipality_code, const CommandContext& context, Names& names) {
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code(municipality_code);
  request.add_states(v1::NOTICE_STATE_PARKED);
  return ListAll(request, context, [&](const v1::OperationsNotice& notice) {
    // What cannot be read is listed whatever was asked for.
    if (notice.state() != v1::NOTICE_STATE_PARKED) return true;
    v1::OperationsNoticeName& name = names.emplace_back();
    name.set_municipality_code(notice.municipality_code());
    name.set_region_code(notice.region_code());
    name.set_notice_id(notice.notice_id());
    return names.size() < kNoticesMost;
  });
}

// Nothing if somebody said yes; otherwise how the command ends, which is told.
std::optional<ExitCode> Unconfirmed(size_t count, const std::string& municipality_code, const Streams& streams) {
  if (!streams.in_is_terminal) {
    streams.err << Counted(count, "notice is", "notices are") << " parked in inbox " << municipality_code
                << ": nothing is redriven without --yes where nobody can be asked\n";
    return ExitCode::kUnusable;
  }
  streams.err << "Put " << Counted(count, "parked notice", "parked notices") << " back into inbox " << municipality_code
              << ", to be handed out at once? [y/N] " << std::flush;
  std::string answer;
  std::getline(streams.in, answer);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  if (answer == "y" || answer == "yes") return std::nullopt;
  streams.err << "nothing is redriven\n";
  return ExitCode::kAttention;
}

std::string Outcome(const v1::RedriveNoticeResult& result, bool tried_again) {
  if (result.has_rejected()) {
    const contract::ReasonEntry& entry = contract::Describe(contract::FromMessage(result.rejected()).reason);
    return absl::StrCat("refused: ", entry.name, ": ", entry.text);
  }
  if (result.redriven()) return "redriven";
  return tried_again ? "nothing to do, or done by the try before" : "nothing to do: neither parked nor held back";
}

class Redriving {
 public:
  explicit Redriving(const CommandContext& context) : context_(context), table_({{"NOTICE"}, {"OUTCOME"}}) {}

  std::optional<ExitCode> Send(const Names& names);
  ExitCode Tell(std::optional<ExitCode> failed, size_t asked) const;

 private:
  const CommandContext& context_;
  Table table_;
  v1::RedriveNoticesResponse all_;
  size_t redriven_ = 0;
  size_t refused_ = 0;
};

std::optional<ExitCode> Redriving::Send(const Names& names) {
  for (size_t begin = 0; begin < names.size(); begin += kAtOnce) {
    const size_t end = std::min(names.size(), begin + kAtOnce);
    v1::RedriveNoticesRequest request;
    for (size_t i = begin; i < end; ++i) *request.add_notices() = names[i];
    v1::RedriveNoticesResponse answer;
    int attempts = 0;
    const grpc::Status status = Ask(context_, &Stub::RedriveNotices, request, answer, &attempts);
    if (!status.ok()) return ReportFailure(status, context_);
    for (const v1::RedriveNoticeResult& result : answer.results()) {
      redriven_ += result.redriven() ? 1 : 0;
      refused_ += result.has_rejected() ? 1 : 0;
      table_.Add({NameOf(result.notice()), Outcome(result, attempts > 1)},
                 result.has_rejected() ? Emphasis::kTrouble : Emphasis::kPlain);
    }
    all_.MergeFrom(answer);
  }
  return std::nullopt;
}

ExitCode Redriving::Tell(std::optional<ExitCode> failed, size_t asked) const {
  const auto answered = static_cast<size_t>(all_.results_size());
  if (context_.output == OutputForm::kJson) {
    if (answered > 0 || !failed.has_value()) WriteJson(all_, context_.streams);
  } else if (answered > 0) {
    table_.Write(context_.streams);
    context_.streams.out << '\n'
                         << redriven_ << " redriven, " << refused_ << " refused, " << answered - redriven_ - refused_
                         << " with nothing to do\n";
  }
  if (failed.has_value() && answered > 0) {
    context_.streams.err << "of " << asked << " notices, those above are done; run the same again for the others\n";
  }
  if (failed.has_value()) return *failed;
  return refused_ > 0 ? ExitCode::kAttention : ExitCode::kDone;
}

}  // namespace

ExitCode Redrive(const RedriveOptions& options, const CommandContext& context) {
  Names names;
  for (const std::string& notice : options.notices) names.push_back(ToNoticeName(notice));
  if (names.empty()) {
    if (const std::optional<ExitCode> failed = FindParked(options.municipality_code, context, names)) return *failed;
    if (names.empty() && context.output == OutputForm::kText) {
      context.streams.out << "nothing is parked in inbox " << options.municipality_code << '\n';
      return ExitCode::kDone;
    }
    if (!names.empty() && !options.yes) {
      const std::optional<ExitCode> ended = Unconfirmed(names.size(), options.municipality_code, context.streams);
      if (ended.has_value()) return *ended;
    }
  }
  Redriving redriving(context);
  const std::optional<ExitCode> failed = redriving.Send(names);
  return redriving.Tell(failed, names.size());
}

}  // namespace envej::console
