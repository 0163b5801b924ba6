#include "region-client/resend_command.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "region-client/progress_bar.h"
#include "region-client/resend.h"
#include "region-client/retry_news.h"

namespace envej::region {
namespace {

using Kind = ResendOutcome::Kind;

std::string NameOf(Kind kind) {
  switch (kind) {
    case Kind::kHeld:
      return "held";
    case Kind::kSent:
      return "sent";
    case Kind::kLineMissing:
      return "line_missing";
    case Kind::kRefused:
      return "refused";
    case Kind::kUnsent:
      break;
  }
  return "unsent";
}

std::string InWords(const ResendOutcome& outcome) {
  if (outcome.kind == Kind::kSent) return "sent again";
  if (outcome.kind == Kind::kLineMissing) {
    return "the broker lacks it, and none of the files of notices says it: name the one that it was sent from";
  }
  std::string text = absl::StrCat(NameOf(outcome.kind), ": ", outcome.refusal.reason, ": ", outcome.refusal.text);
  if (!outcome.refusal.fields.empty()) {
    absl::StrAppend(&text, " (", absl::StrJoin(outcome.refusal.fields, ", "), ")");
  }
  return Printable(text);
}

void Tell(const ResendOutcome& outcome, const ResendOptions& options, const Streams& streams) {
  if (outcome.kind == Kind::kHeld) return;
  if (options.output == OutputForm::kText) {
    streams.err << Printable(outcome.notice_id) << ": " << InWords(outcome) << '\n';
    return;
  }
  nlohmann::ordered_json json;
  json["notice_id"] = outcome.notice_id;
  json["municipality_code"] = outcome.municipality_code;
  json["outcome"] = NameOf(outcome.kind);
  if (!outcome.refusal.reason.empty()) {
    json["reason"] = outcome.refusal.reason;
    json["text"] = Printable(outcome.refusal.text);
  }
  streams.out << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace

ExitCode ResendNotices(const ResendOptions& options, const CommandContext& context, NoticeSealer& sealer) {
  const Streams& streams = context.streams;
  const auto unusable = [&](const absl::Status& status) {
    streams.err << status.message() << '\n';
    return ExitCode::kUnusable;
  };
  Kept kept;
  for (const std::string& file : options.notices) {
    const absl::StatusOr<size_t> unreadable = ReadSentNotices(file, kept.notices);
    if (!unreadable.ok()) return unusable(unreadable.status());
    if (*unreadable > 0) streams.err << file << ": " << *unreadable << " lines hold no notice\n";
  }
  if (absl::Status status = ReadReceipts(options.receipts, kept.receipts); !status.ok()) return unusable(status);
  for (const std::string& file : options.notices) {
    absl::StatusOr<ReceiptKeeper> same = ReceiptKeeper::Open(options.receipts, file, options.output, streams);
    if (!same.ok()) return unusable(same.status());
  }
  absl::StatusOr<ReceiptKeeper> receipts = ReceiptKeeper::Open(options.receipts, "", options.output, streams);
  if (!receipts.ok()) return unusable(receipts.status());
  const absl::Time deadline = context.surroundings.now() + options.deadline;
  ProgressBar progress(streams.err, false, 0);
  RetryNews news(context, deadline, progress);
  const absl::StatusOr<std::vector<ResendOutcome>> outcomes =
      Resend(kept, context, sealer, *receipts, deadline, [&news](const CallFailure& failure) { news(failure); });
  if (!outcomes.ok()) return unusable(outcomes.status());
  std::map<Kind, size_t> counts;
  for (const ResendOutcome& outcome : *outcomes) {
    ++counts[outcome.kind];
    Tell(outcome, options, streams);
  }
  streams.err << "the broker has " << counts[Kind::kHeld] << ", sent again " << counts[Kind::kSent] << ", refused "
              << counts[Kind::kRefused] << ", without a line " << counts[Kind::kLineMissing] << ", unsent "
              << counts[Kind::kUnsent] << '\n';
  if (counts[Kind::kUnsent] > 0) return ExitCode::kUnreachable;
  return counts[Kind::kRefused] + counts[Kind::kLineMissing] > 0 ? ExitCode::kRefused : ExitCode::kDone;
}

}  // namespace envej::region
