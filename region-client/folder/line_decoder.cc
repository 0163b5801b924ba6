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
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
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
// What stands in the place of what a consent need not say, where the contract's rules judge the rest of it.
constexpr char kSomeNoticeId[] = "00000000-0000-4000-8000-000000000000";
constexpr char kSomeName[] = "Navn";
constexpr char kSomePhoneNumber[] = "+4520000000";

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

bool IsConsent(absl::string_view line) {
  const nlohmann::json json = nlohmann::json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("patient");
}

// Whether a notice that follows from the consent would be refused for it, and why. What it does not say another one
// may.
std::optional<FileProblem> ProblemOf(const RegisteredConsent& consent, const contract::Moment& moment) {
  v1::Notice notice;
  v1::Envelope& envelope = *notice.mutable_envelope();
  envelope.set_municipality_code(consent.municipality_code());
  envelope.set_notice_id(kSomeNoticeId);
  *envelope.mutable_created_at() = contract::ToMessage(moment.time);
  envelope.set_discharge_date(contract::FormatDay(moment.day));
  v1::ConsentPart given;
  given.set_given_on(contract::FormatDay(moment.day));
  given.set_form(v1::CONSENT_FORM_WRITTEN);
  const v1::Consent& answered = consent.consent();
  *envelope.mutable_consent()->mutable_contact() = answered.has_contact() ? answered.contact() : given;
  *envelope.mutable_consent()->mutable_disclosure() = answered.has_disclosure() ? answered.disclosure() : given;
  v1::Criteria& criteria = *envelope.mutable_criteria();
  criteria.set_aged_18_or_over(true);
  criteria.set_mental_illness(true);
  criteria.set_discharged_from_regional_psychiatry(true);
  criteria.set_no_support_under_serviceloven(true);
  *notice.mutable_citizen() = consent.contact();
  if (consent.contact().name().empty()) notice.mutable_citizen()->set_name(kSomeName);
  if (consent.contact().phone_numbers().empty()) notice.mutable_citizen()->add_phone_numbers(kSomePhoneNumber);
  Normalise(notice);
  const std::optional<contract::Rejection> rejection =
      contract::CheckNotice(contract::FromMessage(notice), moment).ForNew();
  if (!rejection.has_value()) return std::nullopt;
  return ToProblem(ToRefusal(*rejection));
}

RegisteredConsent ToConsent(const ConsentLine& line) {
  RegisteredConsent consent;
  consent.set_municipality_code(line.municipality_code());
  *consent.mutable_consent() = line.consent();
  *consent.mutable_criteria() = line.criteria();
  v1::Notice notice;
  *notice.mutable_citizen() = line.contact();
  Normalise(notice);
  *consent.mutable_contact() = notice.citizen();
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
  if (line.patient().value().empty()) item.said = Invalid("patient.value is missing");
  if (line.id().size() > kConsentIdBytes) item.said = Invalid("id is too long");
  if (line.withdrawn() && SaysMoreThanWithdrawal(line)) item.said = Invalid("withdrawn stands beside an answer");
  if (std::holds_alternative<FileProblem>(item.said)) return;
  item.name = {.source = std::string(kConsentSource), .id = line.id()};
  ConsentAnswer answer{.patient = {.authority = line.patient().authority(), .value = line.patient().value()},
                       .given = std::nullopt};
  if (!line.withdrawn()) {
    answer.given = ToConsent(line);
    if (const absl::Status status = CheckConsent(*answer.given, moment.day); !status.ok()) {
      item.said = Invalid(status.message());
      return;
    }
    if (std::optional<FileProblem> problem = ProblemOf(*answer.given, moment); problem.has_value()) {
      item.said = *std::move(problem);
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

}  // namespace

absl::StatusOr<std::vector<FileItem>> DecodeLines(absl::string_view bytes, absl::Time now,
                                                  const absl::TimeZone& copenhagen) {
  const contract::Moment moment = contract::Moment::At(now, copenhagen);
  bytes = absl::StripPrefix(bytes, kByteOrderMark);
  std::vector<FileItem> items;
  for (size_t place = 1; !bytes.empty(); ++place) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const absl::string_view line = absl::StripAsciiWhitespace(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.empty()) continue;
    FileItem& item = items.emplace_back();
    item.place = place;
    if (line.size() > kLineBytes) {
      item.said = FileProblem{.reason = "LINE_TOO_LONG", .text = "the line is longer than 256 KiB"};
    } else if (IsConsent(line)) {
      TakeConsent(line, moment, item);
    } else {
      TakeNotice(line, moment, item);
    }
  }
  return items;
}

}  // namespace envej::region
