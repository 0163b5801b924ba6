#include "region-client/resend_command.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/contract/printable.h"
#include "proto/contract/rejection.h"
#include "region-client/receipt_keeper.h"
#include "region-client/resend.h"

namespace envej::region {
namespace {

using Kind = ResendOutcome::Kind;

std::string NameOf(Kind kind) {
  switch (kind) {
    case Kind::kHeld:
      return "held";
    case Kind::kSent:
      return "sent";
    case Kind::kForgotten:
      return "forgotten";
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
  return contract::Printable(text);
}

void Tell(const ResendOutcome& outcome, const ResendOptions& options, const Streams& streams) {
  if (outcome.kind == Kind::kHeld || outcome.kind == Kind::kForgotten) return;
  if (options.output == OutputForm::kText) {
    streams.err << contract::Printable(outcome.notice_id) << ": " << InWords(outcome) << '\n';
    return;
  }
  nlohmann::ordered_json json;
  json["notice_id"] = outcome.notice_id;
  json["municipality_code"] = outcome.municipality_code;
  json["outcome"] = NameOf(outcome.kind);
  if (!outcome.refusal.reason.empty()) {
    json["reason"] = outcome.refusal.reason;
    json["text"] = contract::Printable(outcome.refusal.text);
  }
  streams.out << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

// What is read of the files. An error is one line that names the file.
absl::StatusOr<Kept> ReadKept(const ResendOptions& options, const Streams& streams) {
  Kept kept;
  for (const std::string& file : options.notices) {
    const absl::StatusOr<size_t> unreadable = ReadSentNotices(file, kept.notices);
    if (!unreadable.ok()) return unreadable.status();
    if (*unreadable > 0) streams.err << file << ": " << *unreadable << " lines hold no notice\n";
  }
  for (const std::string& file : options.receipts) {
    if (absl::Status status = ReadReceipts(file, kept.receipts); !status.ok()) return status;
  }
  return kept;
}

// Where the new receipts go. An error is also that it is a file of notices.
absl::StatusOr<ReceiptKeeper> OpenReceipts(const ResendOptions& options, const Streams& streams) {
  for (const std::string& file : options.notices) {
    const absl::StatusOr<ReceiptKeeper> other =
        ReceiptKeeper::Open(options.receipts.front(), file, options.output, streams);
    if (!other.ok()) return other.status();
  }
  return ReceiptKeeper::Open(options.receipts.front(), "", options.output, streams);
}

void Summarise(std::map<Kind, size_t> counts, const Streams& streams) {
  streams.err << "the broker has " << counts[Kind::kHeld] << ", sent again " << counts[Kind::kSent] << ", refused "
              << counts[Kind::kRefused] << ", without a line " << counts[Kind::kLineMissing] << ", unsent "
              << counts[Kind::kUnsent];
  if (counts[Kind::kForgotten] > 0) streams.err << ", older than ids are remembered " << counts[Kind::kForgotten];
  streams.err << std::endl;
}

// Sends again what the broker lacks of these, and tells. An error is one line.
absl::StatusOr<std::vector<ResendOutcome>> SendAgain(const Kept& kept, const ResendOptions& options,
                                                     const CommandContext& context, NoticeSealer& sealer) {
  absl::StatusOr<ReceiptKeeper> receipts = OpenReceipts(options, context.streams);
  if (!receipts.ok()) return receipts.status();
  absl::StatusOr<std::vector<ResendOutcome>> outcomes =
      Resend(kept, context, sealer, *receipts, context.surroundings.now() + options.deadline);
  if (!outcomes.ok()) return outcomes.status();
  std::map<Kind, size_t> counts;
  for (const ResendOutcome& outcome : *outcomes) {
    ++counts[outcome.kind];
    Tell(outcome, options, context.streams);
  }
  Summarise(std::move(counts), context.streams);
  return outcomes;
}

// It was not sent, or a withdrawal waits until its municipality has an inbox certificate again.
bool IsToBeTriedAgain(const ResendOutcome& outcome) {
  return outcome.kind == Kind::kUnsent ||
         (outcome.kind == Kind::kRefused &&
          outcome.refusal.reason == contract::Describe(contract::Reason::kInboxCertificateMissing).name);
}

bool IsAny(const std::vector<ResendOutcome>& outcomes, Kind kind) {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [kind](const ResendOutcome& outcome) { return outcome.kind == kind; });
}

}  // namespace

ExitCode ResendNotices(const ResendOptions& options, const CommandContext& context, NoticeSealer& sealer) {
  const auto unusable = [&context](const absl::Status& status) {
    context.streams.err << status.message() << '\n';
    return ExitCode::kUnusable;
  };
  const absl::StatusOr<Kept> kept = ReadKept(options, context.streams);
  if (!kept.ok()) return unusable(kept.status());
  const absl::StatusOr<std::vector<ResendOutcome>> outcomes = SendAgain(*kept, options, context, sealer);
  if (!outcomes.ok()) return unusable(outcomes.status());
  if (IsAny(*outcomes, Kind::kUnsent)) return ExitCode::kUnreachable;
  const bool is_refused = IsAny(*outcomes, Kind::kRefused) || IsAny(*outcomes, Kind::kLineMissing);
  return is_refused ? ExitCode::kRefused : ExitCode::kDone;
}

Lacking ResendLacking(const ResendOptions& options, const CommandContext& context, NoticeSealer& sealer,
                      const Lacking& lacking) {
  ResendOptions there = options;
  std::error_code error;
  std::erase_if(there.receipts, [&error](const std::string& file) { return !std::filesystem::exists(file, error); });
  if (there.receipts.empty()) return {};  // nothing was accepted yet
  const auto unusable = [&](const absl::Status& status) {
    context.streams.err << status.message() << std::endl;
    return lacking;
  };
  absl::StatusOr<Kept> kept = ReadKept(there, context.streams);
  if (!kept.ok()) return unusable(kept.status());
  std::erase_if(kept->receipts, [&lacking](const v1::Receipt& receipt) {
    return !lacking.all && !lacking.names.contains({receipt.municipality_code(), receipt.notice_id()});
  });
  if (kept->receipts.empty()) return {};
  const absl::StatusOr<std::vector<ResendOutcome>> outcomes = SendAgain(*kept, there, context, sealer);
  if (!outcomes.ok()) return unusable(outcomes.status());
  Lacking left;
  for (const ResendOutcome& outcome : *outcomes) {
    if (IsToBeTriedAgain(outcome)) left.names.emplace(outcome.municipality_code, outcome.notice_id);
  }
  return left;
}

}  // namespace envej::region
