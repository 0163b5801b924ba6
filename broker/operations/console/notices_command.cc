#include "broker/operations/console/notices_command.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/notice_list.h"
#include "broker/operations/console/words.h"
#include "proto/contract/json_line.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

v1::ListOperationsNoticesRequest RequestFor(const NoticesOptions& options) {
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code(options.municipality_code);
  request.set_region_code(options.region_code);
  for (const v1::NoticeState state : options.states) request.add_states(state);
  request.set_late_only(options.late_only);
  if (options.older_than > absl::ZeroDuration()) {
    *request.mutable_age_at_least() = contract::ToMessage(options.older_than);
  }
  return request;
}

// How many notices were written, and how many late ones the broker does not list.
struct Written {
  size_t count = 0;
  uint64_t left_out = 0;
  bool all = true;  // that were asked for: no more than a table has rows
};

// However many there are: they are written as they come.
std::optional<ExitCode> WriteAsJson(const NoticesOptions& options, const CommandContext& context, Written& written) {
  std::ostream& out = context.streams.out;
  out << "{\"notices\":[";
  const auto write = [&](const v1::OperationsNotice& notice) {
    out << (written.count++ == 0 ? "" : ",") << contract::ToJsonLine(notice, contract::Defaults::kWritten);
    return out.good();
  };
  std::optional<ExitCode> failed = ListAll(RequestFor(options), context, write, &written.left_out);
  if (failed.has_value()) return failed;
  out << ']';
  if (options.late_only) out << ",\"leftOut\":\"" << written.left_out << '"';
  out << "}\n";
  return std::nullopt;
}

std::optional<ExitCode> WriteAsTable(const NoticesOptions& options, const CommandContext& context, Written& written) {
  NoticeTable table(context.copenhagen, context.surroundings.now());
  const auto write = [&](const v1::OperationsNotice& notice) {
    written.all = table.rows() < kTableRows;
    if (written.all) table.Add(notice);
    return written.all;
  };
  std::optional<ExitCode> failed = ListAll(RequestFor(options), context, write, &written.left_out);
  if (failed.has_value()) return failed;
  written.count = table.rows();
  if (written.count > 0) table.Write(context.streams);
  if (!written.all) {
    context.streams.err
        << "these are the first " << kTableRows
        << " notices of more: ask for those of a municipality, region, state or age, or use --output json\n";
  }
  return std::nullopt;
}

std::optional<ExitCode> WriteNotices(const NoticesOptions& options, const CommandContext& context, Written& written) {
  return context.output == OutputForm::kJson ? WriteAsJson(options, context, written)
                                             : WriteAsTable(options, context, written);
}

void TellLeftOut(const Written& written, const CommandContext& context) {
  context.streams.out << Counted(written.left_out, "more notice is", "more notices are")
                      << " late in these inboxes than the broker lists\n";
}

}  // namespace

NoticeTable::NoticeTable(const absl::TimeZone& zone, absl::Time now)
    : zone_(zone),
      now_(now),
      table_({{"NOTICE"},
              {"REVISION", Align::kRight},
              {"STATE"},
              {"KIND"},
              {"IN THE INBOX SINCE"},
              {"LATE"},
              {"LEASES", Align::kRight},
              {"RAN OUT", Align::kRight},
              {"NOTES"}}) {}

void NoticeTable::Add(const v1::OperationsNotice& notice) {
  const bool late = !notice.late().empty() || notice.has_undelivered_told_at();
  const bool stuck = notice.state() == v1::NOTICE_STATE_PARKED || notice.state() == v1::NOTICE_STATE_UNREADABLE;
  table_.Add({NameOf(notice), absl::StrCat(notice.revision()), WordOf(notice.state()),
              notice.kind() == v1::ITEM_KIND_UNSPECIFIED ? "" : WordOf(notice.kind()),
              LocalTimeAndAgo(notice.has_entered_at(), notice.entered_at(), zone_, now_), WordsOf(notice.late()),
              absl::StrCat(notice.lease_count()), absl::StrCat(notice.failure_count()), Notes(notice)},
             late    ? Emphasis::kTrouble
             : stuck ? Emphasis::kWarning
                     : Emphasis::kPlain);
}

// What few notices have, in words.
std::string NoticeTable::Notes(const v1::OperationsNotice& notice) const {
  std::vector<std::string> notes;
  const auto note = [&](bool present, absl::string_view what, const google::protobuf::Timestamp& at) {
    if (present) notes.push_back(absl::StrCat(what, " ", LocalTimeAndAgo(true, at, zone_, now_)));
  };
  note(notice.has_undelivered_told_at(), "told as undelivered", notice.undelivered_told_at());
  note(notice.has_lease_expires_at(), "lease until", notice.lease_expires_at());
  note(notice.has_held_until(), "held until", notice.held_until());
  if (notice.return_reason() != v1::RETURN_REASON_UNSPECIFIED) {
    notes.push_back(absl::StrCat("returned: ", WordOf(notice.return_reason())));
  }
  note(notice.has_concluded_at(), "concluded", notice.concluded_at());
  if (notice.has_return_proposal()) {
    const v1::ReturnProposal& proposal = notice.return_proposal();
    note(true,
         absl::StrCat("return proposed by ", proposal.proposed_by(), ", for another one to --confirm ",
                      proposal.proposal_id(), " until"),
         proposal.expires_at());
  }
  if (!notice.origin().empty()) notes.push_back(absl::StrCat("sent by ", notice.origin()));
  return absl::StrJoin(notes, "; ");
}

ExitCode ListNotices(const NoticesOptions& options, const CommandContext& context) {
  Written written;
  if (const std::optional<ExitCode> failed = WriteNotices(options, context, written)) return *failed;
  if (context.output == OutputForm::kText) {
    if (written.left_out > 0) {
      TellLeftOut(written, context);
    } else if (written.count == 0) {
      context.streams.out << "no such notice\n";
    }
  }
  return written.all ? ExitCode::kDone : ExitCode::kUnusable;
}

ExitCode ListOverdue(NoticesOptions options, const CommandContext& context) {
  options.late_only = true;
  Written written;
  if (const std::optional<ExitCode> failed = WriteNotices(options, context, written)) return *failed;
  const bool none = written.count == 0 && written.left_out == 0;
  if (context.output == OutputForm::kText) {
    if (none) context.streams.out << "nothing is late or undelivered\n";
    if (written.count > 0) {
      context.streams.out << '\n'
                          << (written.all ? "" : "more than ") << Counted(written.count, "notice is", "notices are")
                          << " late or undelivered\n";
    }
    if (written.left_out > 0) TellLeftOut(written, context);
  }
  return none ? ExitCode::kDone : ExitCode::kAttention;
}

}  // namespace envej::console
