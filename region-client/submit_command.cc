#include "region-client/submit_command.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/notice_rules.h"
#include "region-client/leaflet_hint.h"
#include "region-client/municipality_list.h"
#include "region-client/newest.h"
#include "region-client/notice_file.h"
#include "region-client/receipt_keeper.h"
#include "region-client/retry_news.h"
#include "region-client/revision_numbers.h"
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

bool AnyLacksConsent(const NoticeFile& file) {
  for (const RefusedLine& line : file.refused) {
    if (line.lacks_consent) return true;
  }
  return false;
}

// The notices that can be sent, sealed, and which of the file's each is.
struct SealedNotices {
  std::vector<NoticeEntry> notices;
  std::vector<size_t> places;
};

// Seals what has no outcome yet; what cannot be sealed gets one.
SealedNotices SealAll(const NoticeFile& file, const NoticeSealer& sealer,
                      std::vector<std::optional<Outcome>>& outcomes) {
  SealedNotices sealed;
  for (size_t place = 0; place < file.notices.size(); ++place) {
    if (outcomes[place].has_value()) continue;
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
std::vector<Outcome> SendAll(NoticeFile& file, const SubmitOptions& options, const CommandContext& context,
                             NoticeSealer& sealer, ReceiptKeeper& receipts, absl::Status& kept) {
  const absl::Time deadline = context.surroundings.now() + options.deadline;
  const Streams& streams = context.streams;
  if (file.notices.empty()) return {};
  ProgressBar progress(streams.err, IsShown(options.progress, streams.err_is_terminal), file.notices.size());
  RetryNews news(context, deadline, progress);
  const auto trying_again = [&](const CallFailure& failure) { news(failure); };
  const auto municipalities = FetchMunicipalities(context, deadline, trying_again);
  if (const CallFailure* failure = std::get_if<CallFailure>(&municipalities)) {
    progress.Clear();
    return std::vector<Outcome>(file.notices.size(), NotAsked(*failure));
  }
  sealer.Learn(std::get<v1::ListMunicipalitiesResponse>(municipalities), context.surroundings.now());
  std::vector<std::optional<Outcome>> outcomes(file.notices.size());
  NumberRevisions(file.notices, context, deadline, sealer, trying_again, outcomes);
  const SealedNotices sealed = SealAll(file, sealer, outcomes);
  progress.Advance(outcomes.size() - sealed.notices.size());
  const auto done = [&](absl::Span<const std::pair<size_t, Outcome>> ended) {
    const absl::Status status = receipts.Keep(ended);
    for (const auto& [index, outcome] : ended) {
      const bool lost = !status.ok() && !outcome.receipt.notice_id().empty();
      if (outcome.kind == Outcome::Kind::kAccepted) news.WentOn();
      outcomes[sealed.places[index]] = lost ? NotKept(status) : outcome;
    }
    progress.Advance(ended.size());
    return status;
  };
  const SubmissionObserver observer = {.done = done, .trying_again = trying_again};
  kept = SendAll(context.channel, sealed.notices, {.sent_as = options.sent_as, .notices_of = context.notices_of},
                 deadline, context.surroundings, observer);
  progress.Clear();
  std::vector<Outcome> ended;
  for (std::optional<Outcome>& outcome : outcomes) ended.push_back(std::move(outcome).value_or(Outcome()));
  return ended;
}

}  // namespace

ExitCode Submit(const SubmitOptions& options, const CommandContext& context, NoticeSealer& sealer) {
  const Streams& streams = context.streams;
  contract::Moment now = contract::Moment::At(context.surroundings.now(), context.copenhagen);
  now.sent_as = options.sent_as;
  const std::string name = options.file == "-" ? "standard input" : options.file;
  absl::StatusOr<NoticeFile> file = ReadFile(options.file, now, streams.in);
  if (!file.ok()) {
    streams.err << name << ": " << file.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  if (file->notices.empty() && file->refused.empty()) {
    streams.err << name << ": holds no notices; check that what writes it has not failed\n";
    return ExitCode::kUnusable;
  }
  absl::StatusOr<ReceiptKeeper> receipts = ReceiptKeeper::Open(options.receipts, options.file, options.output, streams);
  if (!receipts.ok()) {
    streams.err << receipts.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  SubmitReport report(streams, options.output, receipts->in_lines());
  report.RefusedLines(file->refused, AnyLacksConsent(*file) ? LeafletHints::Fetch(context) : LeafletHints());
  absl::Status kept;
  const std::vector<Outcome> outcomes = SendAll(*file, options, context, sealer, *receipts, kept);
  report.Outcomes(file->notices, outcomes);
  report.Summary();
  return kept.ok() ? report.exit_code() : ExitCode::kUnusable;
}

}  // namespace envej::region
