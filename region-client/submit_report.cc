#include "region-client/submit_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/contract/json_line.h"
#include "proto/contract/printable.h"

namespace envej::region {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(std::optional<size_t> line, const std::string& notice_id, const std::string& municipality_code,
            absl::string_view outcome) {
  Json json = Json::object();
  if (line.has_value()) json["line"] = *line;
  if (!notice_id.empty()) json["notice_id"] = notice_id;
  if (!municipality_code.empty()) json["municipality_code"] = municipality_code;
  json["outcome"] = std::string(outcome);
  return json;
}

void AddRefusal(const Refusal& refusal, Json& json) {
  json["reason"] = refusal.reason;
  json["text"] = contract::Printable(refusal.text);
  if (refusal.fields.empty()) return;
  json["fields"] = Json::array();
  for (const std::string& field : refusal.fields) json["fields"].push_back(contract::Printable(field));
}

// Replaces what is not UTF-8, so that it never throws.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string ToText(const Refusal& refusal) {
  std::string text = absl::StrCat(refusal.reason, ": ", refusal.text);
  if (!refusal.fields.empty()) absl::StrAppend(&text, " (", absl::StrJoin(refusal.fields, ", "), ")");
  return contract::Printable(text);
}

absl::string_view OutcomeName(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kAccepted:
      return "accepted";
    case Outcome::Kind::kRepeated:
      return "repeated";
    case Outcome::Kind::kRefused:
      return "refused";
    case Outcome::Kind::kNotKept:
      return "receipt_not_kept";
    case Outcome::Kind::kUnknown:
      return "unknown";
    case Outcome::Kind::kUnsent:
      break;
  }
  return "unsent";
}

}  // namespace

void SubmitReport::RefusedLines(absl::Span<const RefusedLine> lines, const LeafletHints& hints) {
  for (const RefusedLine& line : lines) {
    ++refused_;
    const std::string hint = line.lacks_consent ? hints.For(line.municipality_code) : "";
    if (form_ == OutputForm::kJson) {
      Json json = ToJson(line.line, line.notice_id, line.municipality_code, "refused");
      AddRefusal(line.refusal, json);
      if (line.lacks_consent) json["what_to_do"] = hint;
      streams_.out << Dump(json) << '\n';
    } else if (line.lacks_consent) {
      streams_.err << "line " << line.line << ": no consent: " << hint << '\n';
    } else {
      streams_.err << "line " << line.line << ": refused: " << ToText(line.refusal) << '\n';
    }
  }
}

void SubmitReport::Outcomes(absl::Span<const NoticeEntry> notices, absl::Span<const Outcome> outcomes) {
  std::vector<std::pair<size_t, size_t>> lines;  // line, index
  for (size_t i = 0; i < notices.size(); ++i) {
    for (const size_t line : notices[i].lines) lines.emplace_back(line, i);
  }
  std::sort(lines.begin(), lines.end());
  for (const auto& [line, index] : lines) {
    Outcome outcome = outcomes[index];
    // A line that says again what an earlier line said finds that one accepted before it.
    const bool is_first = line == notices[index].lines.front();
    if (!is_first && outcome.kind == Outcome::Kind::kAccepted) outcome.kind = Outcome::Kind::kRepeated;
    Line(line, notices[index], outcome);
  }
  for (const auto& [cause, where] : by_cause_) {
    streams_.err << cause << " (" << where.first << " of them, first " << where.second << ")\n";
  }
}

void SubmitReport::Line(size_t line, const NoticeEntry& entry, const Outcome& outcome) {
  const bool by_line = named_by_ == NamedBy::kLine;
  const std::string& id = entry.notice.envelope().notice_id();
  const std::string name = by_line ? absl::StrCat("line ", line) : id;
  switch (outcome.kind) {
    case Outcome::Kind::kAccepted:
      ++accepted_;
      break;
    case Outcome::Kind::kRepeated:
      ++repeated_;
      break;
    case Outcome::Kind::kRefused:
      ++refused_;
      break;
    case Outcome::Kind::kNotKept:
      ++not_kept_;
      Count(name, contract::Printable(outcome.refusal.text));
      break;
    case Outcome::Kind::kUnsent:
      ++unsent_;
      if (form_ == OutputForm::kText) {
        Count(name, absl::StrCat("unsent: ", outcome.refusal.reason, ": ", outcome.refusal.text));
      }
      break;
    case Outcome::Kind::kUnknown:
      ++unknown_;
      if (form_ == OutputForm::kText) {
        Count(name, absl::StrCat("unknown whether accepted: ", outcome.refusal.reason, ": ", outcome.refusal.text,
                                 "; nothing is doubled by it"));
      }
      break;
  }
  const bool is_in = outcome.kind == Outcome::Kind::kAccepted || outcome.kind == Outcome::Kind::kRepeated;
  if (form_ == OutputForm::kJson) {
    Json json = ToJson(by_line ? std::optional<size_t>(line) : std::nullopt, id, MunicipalityCodeOf(entry.notice),
                       OutcomeName(outcome.kind));
    if (!is_in) AddRefusal(outcome.refusal, json);
    if (is_in && receipts_in_lines_)
      json["receipt"] = Json::parse(contract::ToJsonLine(outcome.receipt), nullptr, false);
    streams_.out << Dump(json) << '\n';
  } else if (outcome.kind == Outcome::Kind::kRefused) {
    streams_.err << name << ": refused: " << ToText(outcome.refusal) << '\n';
  }
}

void SubmitReport::Count(const std::string& name, const std::string& cause) {
  auto& [count, first] = by_cause_[cause];
  if (++count == 1) first = name;
}

void SubmitReport::Summary() const {
  const absl::string_view done = named_by_ == NamedBy::kLine ? "accepted" : "withdrawn";
  streams_.err << done << " " << accepted_ << ", already " << done << " " << repeated_ << ", refused " << refused_
               << ", unsent " << unsent_;
  if (unknown_ > 0) streams_.err << ", unknown " << unknown_;
  if (not_kept_ > 0) streams_.err << ", " << done << " without a receipt kept " << not_kept_;
  streams_.err << '\n';
}

ExitCode SubmitReport::exit_code() const {
  if (unsent_ > 0 || unknown_ > 0 || not_kept_ > 0) return ExitCode::kUnreachable;
  return refused_ > 0 ? ExitCode::kRefused : ExitCode::kDone;
}

}  // namespace envej::region
