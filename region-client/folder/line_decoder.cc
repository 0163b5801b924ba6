#include "region-client/folder/line_decoder.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "envej/ward/v1/consent_line.pb.h"
#include "proto/contract/notice_rules.h"
#include "region-client/agent/consent_check.h"
#include "region-client/json_fields.h"
#include "region-client/notice_file.h"

namespace envej::region {
namespace {

using ward::v1::ConsentLine;
using ward::v1::RegisteredConsent;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kConsentSource = "consent line";
constexpr size_t kConsentIdBytes = 512;

FileProblem ToProblem(const Refusal& refusal) {
  return {.reason = refusal.reason,
          .text = refusal.fields.empty() ? refusal.text
                                         : absl::StrCat(refusal.text, " (", absl::StrJoin(refusal.fields, ", "), ")")};
}

FileProblem ToProblem(const std::vector<FieldProblem>& problems) {
  const auto to_text = [](std::string* out, const FieldProblem& problem) {
    absl::StrAppend(out, problem.path.empty() ? "the line" : problem.path, " ", problem.text);
  };
  return {.reason = "LINE_INVALID", .text = absl::StrJoin(problems, "; ", to_text)};
}

FileProblem Invalid(absl::string_view text) { return {.reason = "FIELD_INVALID", .text = std::string(text)}; }

// Discarded if it is no JSON.
nlohmann::json JsonOf(absl::string_view line) {
  return nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
}

RegisteredConsent ToConsent(const ConsentLine& line) {
  RegisteredConsent consent;
  consent.set_municipality_code(line.municipality_code());
  *consent.mutable_consent() = line.consent();
  *consent.mutable_criteria() = line.criteria();
  *consent.mutable_contact() = line.contact();
  return consent;
}

bool SaysMoreThanWithdrawal(const ConsentLine& line) {
  return line.has_consent() || line.has_criteria() || line.has_contact() || !line.municipality_code().empty();
}

void TakeConsent(absl::string_view text, const contract::Moment& moment, FileItem& item) {
  ConsentLine line;
  if (const std::vector<FieldProblem> problems = ReadJson(text, line); !problems.empty()) {
    item.said = ToProblem(problems);
    return;
  }
  const std::optional<ward::PatientId> patient = CheckPatient(line.patient());
  if (!patient.has_value()) item.said = FileProblem{.reason = kPatientNumberInvalid, .text = "patient.value is none"};
  if (line.id().size() > kConsentIdBytes) item.said = Invalid("id is too long");
  if (line.withdrawn() && SaysMoreThanWithdrawal(line)) item.said = Invalid("withdrawn stands beside an answer");
  if (std::holds_alternative<FileProblem>(item.said)) return;
  item.name = {.source = std::string(kConsentSource), .id = line.id()};
  ConsentAnswer answer{.patient = *patient, .given = std::nullopt};
  if (!line.withdrawn()) {
    answer.given = ToConsent(line);
    if (const auto rejection = CheckConsent(*answer.given, moment); rejection.has_value()) {
      item.said = ToProblem(ToRefusal(*rejection));
      return;
    }
  }
  item.said = std::move(answer);
}

void TakeNotice(absl::string_view text, const contract::Moment& moment, FileItem& item) {
  std::istringstream input{std::string(text)};
  absl::StatusOr<NoticeFile> read = ReadNotices(input, moment);
  if (read.ok() && read->notices.size() == 1) {
    item.said = std::move(read->notices.front().notice);
  } else if (read.ok() && read->refused.size() == 1) {
    const RefusedLine& refused = read->refused.front();
    if (refused.lacks_consent) {
      item.said = NothingFollows{.reason = refused.refusal.reason};
    } else {
      item.said = ToProblem(refused.refusal);
    }
  } else {
    item.said = FileProblem{.reason = "LINE_NOT_JSON", .text = "the line is no notice"};
  }
}

void Take(absl::string_view line, const contract::Moment& moment, FileItem& item) {
  if (line.size() > kLineBytes) {
    item.said = FileProblem{.reason = "LINE_TOO_LONG", .text = "the line is longer than 256 KiB"};
    return;
  }
  const nlohmann::json json = JsonOf(line);
  if (json.is_object() && json.empty()) {
    item.said = FileProblem{.reason = "LINE_EMPTY", .text = "the line says nothing"};
  } else if (json.is_object() && json.contains("patient")) {
    TakeConsent(line, moment, item);
  } else {
    TakeNotice(line, moment, item);
  }
}

}  // namespace

absl::StatusOr<std::vector<FileItem>> DecodeLines(absl::string_view bytes, size_t items_most, absl::Time now,
                                                  const absl::TimeZone& copenhagen) {
  const contract::Moment moment = contract::Moment::At(now, copenhagen);
  bytes = absl::StripPrefix(bytes, kByteOrderMark);
  std::vector<FileItem> items;
  for (size_t place = 1; !bytes.empty(); ++place) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const absl::string_view line = absl::StripAsciiWhitespace(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.empty()) continue;
    if (items.size() == items_most) return TooManyItems(items_most);
    FileItem& item = items.emplace_back();
    item.place = place;
    Take(line, moment, item);
  }
  return items;
}

}  // namespace envej::region
