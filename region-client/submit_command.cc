#include "region-client/submit_command.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/notice_rules.h"
#include "region-client/leaflet_hint.h"
#include "region-client/municipality_list.h"
#include "region-client/notice_file.h"
#include "region-client/receipt_file.h"
#include "region-client/retried_call.h"
#include "region-client/retry_policy.h"
#include "region-client/submission_client.h"
#include "region-client/submit_report.h"

namespace envej::region {
namespace {

absl::StatusOr<NoticeFile> ReadFile(const std::string& path, const contract::Moment& now, std::istream& standard_in) {
  if (path == "-") return ReadNotices(standard_in, now);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return absl::NotFoundError(absl::StrCat("cannot be opened: ", std::strerror(errno)));
  return ReadNotices(file, now);
}

// The same file, by whatever names or links.
bool IsSame(const std::string& file, const std::string& receipts) {
  std::error_code ignored;  // a file that does not exist yet is no other
  return std::filesystem::equivalent(file == "-" ? "/dev/stdin" : file, receipts, ignored);
}

// Where receipts go. With neither a file nor a stream they are kept in the report's lines.
class ReceiptKeeper {
 public:
  ReceiptKeeper(std::optional<ReceiptFile> file, std::ostream* out) : file_(std::move(file)), out_(out) {}

  // OK once they are kept.
  absl::Status Keep(absl::Span<const std::pair<size_t, Outcome>> outcomes) {
    std::vector<v1::Receipt> receipts;
    for (const auto& [index, outcome] : outcomes) {
      if (outcome.kind == Outcome::Kind::kAccepted || outcome.kind == Outcome::Kind::kRepeated) {
        receipts.push_back(outcome.receipt);
      }
    }
    if (file_.has_value()) return file_->Append(receipts);
    if (out_ == nullptr) return absl::OkStatus();
    for (const v1::Receipt& receipt : receipts) *out_ << ToJsonLine(receipt) << '\n';
    out_->flush();
    return out_->good() ? absl::OkStatus() : absl::DataLossError("standard output: cannot be written");
  }

 private:
  std::optional<ReceiptFile> file_;
  std::ostream* const out_;
};

bool AnyLacksConsent(const NoticeFile& file) {
  for (const RefusedLine& line : file.refused) {
    if (line.lacks_consent) return true;
  }
  return false;
}

Outcome NotKept(const absl::Status& why) {
  return {.kind = Outcome::Kind::kNotKept,
          .receipt = {},
          .refusal = {.reason = "RECEIPT_NOT_KEPT",
                      .text = absl::StrCat("accepted, but its receipt could not be kept (", why.message(),
                                           "): run the same file again to get it"),
                      .fields = {}}};
}

// The notices that can be sent, sealed, and which of the file's each is.
struct SealedNotices {
  std::vector<NoticeEntry> notices;
  std::vector<size_t> places;
};

// Seals what can be; what cannot gets its outcome.
SealedNotices SealAll(const NoticeFile& file, const NoticeSealer& sealer, std::vector<Outcome>& outcomes) {
  SealedNotices sealed;
  for (size_t place = 0; place < file.notices.size(); ++place) {
    std::variant<v1::Notice, Refusal> made = sealer.Seal(file.notices[place].notice);
    if (Refusal* refusal = std::get_if<Refusal>(&made)) {
      outcomes[place] = {.kind = Outcome::Kind::kRefused, .receipt = {}, .refusal = std::move(*refusal)};
      continue;
    }
    sealed.notices.push_back({.lines = file.notices[place].lines, .notice = std::get<v1::Notice>(std::move(made))});
    sealed.places.push_back(place);
  }
  return sealed;
}

// Seals and submits all notices and answers an outcome for each; `kept` tells whether every receipt was kept.
std::vector<Outcome> SendAll(const NoticeFile& file, const SubmitOptions& options, const CommandContext& context,
                             NoticeSealer& sealer, ReceiptKeeper& receipts, absl::Status& kept) {
  const absl::Time deadline = context.surroundings.now() + options.deadline;
  const Streams& streams = context.streams;
  std::vector<Outcome> outcomes(file.notices.size());
  if (outcomes.empty()) return outcomes;
  ProgressBar progress(streams.err, IsShown(options.progress, streams.err_is_terminal), file.notices.size());
  std::set<bool> told;  // without a TLS connection, or otherwise
  const auto trying_again = [&](const CallFailure& failure) {
    if (!told.insert(failure.lacks_tls_connection).second) return;
    progress.Clear();
    streams.err << TryingAgain(failure, deadline, context) << '\n';
  };
  const auto municipalities = FetchMunicipalities(context, deadline, trying_again);
  if (const CallFailure* failure = std::get_if<CallFailure>(&municipalities)) {
    const bool for_good = failure->refused_by_contract && !IsRetriable(failure->code, failure->retry_delay.has_value());
    const auto kind = for_good ? Outcome::Kind::kRefused : Outcome::Kind::kUnsent;
    progress.Clear();
    return std::vector<Outcome>(outcomes.size(), {.kind = kind, .receipt = {}, .refusal = failure->refusal});
  }
  sealer.Learn(std::get<v1::ListMunicipalitiesResponse>(municipalities), context.surroundings.now());
  const SealedNotices sealed = SealAll(file, sealer, outcomes);
  progress.Advance(outcomes.size() - sealed.notices.size());
  const auto done = [&](absl::Span<const std::pair<size_t, Outcome>> ended) {
    const absl::Status status = receipts.Keep(ended);
    for (const auto& [index, outcome] : ended) {
      const bool lost = !status.ok() && !outcome.receipt.notice_id().empty();
      outcomes[sealed.places[index]] = lost ? NotKept(status) : outcome;
    }
    progress.Advance(ended.size());
    return status;
  };
  const SubmissionObserver observer = {.done = done, .trying_again = trying_again};
  kept = SubmitAll(context.channel, sealed.notices, deadline, context.surroundings, observer);
  progress.Clear();
  return outcomes;
}

}  // namespace

ExitCode Submit(const SubmitOptions& options, const CommandContext& context, NoticeSealer& sealer) {
  const Streams& streams = context.streams;
  const contract::Moment now = contract::Moment::At(context.surroundings.now(), context.copenhagen);
  const std::string name = options.file == "-" ? "standard input" : options.file;
  const absl::StatusOr<NoticeFile> file = ReadFile(options.file, now, streams.in);
  if (!file.ok()) {
    streams.err << name << ": " << file.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  if (file->notices.empty() && file->refused.empty()) {
    streams.err << name << ": holds no notices; check that what writes it has not failed\n";
    return ExitCode::kUnusable;
  }
  std::optional<ReceiptFile> receipt_file;
  if (!options.receipts.empty()) {
    if (IsSame(options.file, options.receipts)) {
      streams.err << options.receipts << ": is the file of notices; name another file for the receipts\n";
      return ExitCode::kUnusable;
    }
    absl::StatusOr<ReceiptFile> opened = ReceiptFile::Open(options.receipts);
    if (!opened.ok()) {
      streams.err << opened.status().message() << '\n';
      return ExitCode::kUnusable;
    }
    receipt_file.emplace(*std::move(opened));
  }
  const bool to_stream = !receipt_file.has_value() && options.output == OutputForm::kText;
  const bool in_lines = !receipt_file.has_value() && options.output == OutputForm::kJson;
  ReceiptKeeper receipts(std::move(receipt_file), to_stream ? &streams.out : nullptr);

  SubmitReport report(streams, options.output, in_lines);
  report.RefusedLines(file->refused, AnyLacksConsent(*file) ? LeafletHints::Fetch(context) : LeafletHints());
  absl::Status kept;
  const std::vector<Outcome> outcomes = SendAll(*file, options, context, sealer, receipts, kept);
  report.Outcomes(file->notices, outcomes);
  report.Summary();
  return kept.ok() ? report.exit_code() : ExitCode::kUnusable;
}

}  // namespace envej::region
