#include "region-client/notice_file.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/text_rules.h"
#include "region-client/json_fields.h"

namespace envej::region {
namespace {

// What some programs write before the first line of a UTF-8 text.
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Reads up to a line's end, but keeps no more than the limit and one byte of it, and no byte order mark.
bool ReadLine(std::istream& input, bool is_first, std::string& line) {
  line.clear();
  size_t bytes = 0;
  for (int byte = input.get(); byte != std::istream::traits_type::eof(); byte = input.get()) {
    ++bytes;
    if (byte == '\n') return true;
    if (line.size() <= kLineBytes) line.push_back(static_cast<char>(byte));
    if (is_first && bytes == kByteOrderMark.size() && line == kByteOrderMark) line.clear();
  }
  return bytes > 0;
}

void NormaliseText(std::string* text) {
  if (std::optional<std::string> normal = contract::ToNfc(*text)) *text = *std::move(normal);
}

// People group a number's digits with spaces and hyphens; E.164 has none.
void NormalisePhoneNumber(std::string& number) {
  if (number.empty() || number.front() != '+') return;
  number.erase(
      std::remove_if(number.begin(), number.end(), [](char character) { return character == ' ' || character == '-'; }),
      number.end());
}

Refusal FromProblems(const std::vector<FieldProblem>& problems) {
  Refusal refusal;
  for (const FieldProblem& problem : problems) {
    const std::string field = problem.path.empty() ? "the line" : problem.path;
    absl::StrAppend(&refusal.text, refusal.text.empty() ? "" : "; ", field, " ", problem.text);
    if (!problem.path.empty()) refusal.fields.push_back(problem.path);
  }
  switch (problems.front().kind) {
    case FieldProblem::Kind::kNotJson:
      refusal.reason = "LINE_NOT_JSON";
      break;
    case FieldProblem::Kind::kUnknownField:
      refusal.reason = "UNKNOWN_FIELD";
      break;
    case FieldProblem::Kind::kInvalidField:
      refusal.reason = "FIELD_INVALID";
      break;
  }
  return refusal;
}

std::string NoticeIdOf(const v1::Notice& notice) {
  const std::string& id = notice.envelope().notice_id();
  return contract::NoticeId::Parse(id).has_value() ? id : "";
}

// Collects what the lines say.
class Reading {
 public:
  explicit Reading(const contract::Moment& now) : now_(now) {}

  void Line(size_t number, absl::string_view text);
  NoticeFile file() && { return std::move(file_); }

 private:
  void Refuse(size_t number, const v1::Notice& notice, Refusal refusal);

  const contract::Moment now_;
  NoticeFile file_;
  std::unordered_map<std::string, size_t> by_name_;  // municipality and id; into file_.notices
};

void Reading::Refuse(size_t number, const v1::Notice& notice, Refusal refusal) {
  file_.refused.push_back({.line = number,
                           .notice_id = NoticeIdOf(notice),
                           .municipality_code = MunicipalityCodeOf(notice),
                           .lacks_consent = false,
                           .refusal = std::move(refusal)});
}

void Reading::Line(size_t number, absl::string_view text) {
  v1::Notice notice;
  if (text.size() > kLineBytes) {
    return Refuse(number, notice, {.reason = "LINE_TOO_LONG", .text = "the line is longer than 256 KiB", .fields = {}});
  }
  const std::vector<FieldProblem> problems = ReadJson(text, notice);
  if (!problems.empty()) return Refuse(number, notice, FromProblems(problems));
  const bool is_revision = now_.sent_as == contract::SentAs::kRevision;
  const bool lacks_revision = is_revision && notice.envelope().revision() == 0;
  Normalise(notice, now_.sent_as);

  const contract::Notice value = contract::FromMessage(notice);
  const std::optional<contract::Rejection> rejection = contract::CheckNotice(value, now_).ForNew();
  if (contract::LacksConsent(value)) {
    // Nothing that points to a citizen who did not consent is kept, not even the id; but that of a notice which is
    // revised the broker has already.
    Refuse(number, notice, ToRefusal(*rejection));
    if (is_revision) {
      file_.refused.back().refusal.text += "; to take a notice back, run `envej-region withdraw`";
      return;
    }
    file_.refused.back().lacks_consent = true;
    file_.refused.back().notice_id.clear();
    return;
  }
  if (rejection.has_value()) return Refuse(number, notice, ToRefusal(*rejection));

  const v1::Envelope& envelope = notice.envelope();
  const auto [known, is_new] =
      by_name_.emplace(absl::StrCat(envelope.municipality_code(), " ", envelope.notice_id()), file_.notices.size());
  if (is_new) {
    file_.notices.push_back({.lines = {number}, .notice = std::move(notice), .lacks_revision = lacks_revision});
    return;
  }
  NoticeEntry& first = file_.notices[known->second];
  if (first.lacks_revision == lacks_revision && notice.SerializeAsString() == first.notice.SerializeAsString()) {
    first.lines.push_back(number);
    return;
  }
  Refuse(number, notice,
         ToRefusal({.reason = contract::Reason::kNoticeIdReused,
                    .violations = {{.field = "envelope.notice_id", .reason = contract::Reason::kNoticeIdReused}}}));
}

}  // namespace

std::string MunicipalityCodeOf(const v1::Notice& notice) {
  const std::string& code = notice.envelope().municipality_code();
  return contract::IsCode(code) ? code : "";
}

Refusal ToRefusal(const contract::Rejection& rejection) {
  if (rejection.reason == contract::Reason::kNone) {
    return {.reason = "REASON_UNKNOWN",
            .text = "refused for a reason that only a newer version of this program knows",
            .fields = {}};
  }
  const contract::ReasonEntry& entry = contract::Describe(rejection.reason);
  Refusal refusal{.reason = std::string(entry.name), .text = std::string(entry.text), .fields = {}};
  for (const contract::Violation& violation : rejection.violations) {
    if (violation.field.empty()) continue;
    if (std::find(refusal.fields.begin(), refusal.fields.end(), violation.field) == refusal.fields.end()) {
      refusal.fields.push_back(violation.field);
    }
  }
  return refusal;
}

void Normalise(v1::Notice& notice, contract::SentAs sent_as) {
  if (notice.has_envelope()) {
    v1::Envelope& envelope = *notice.mutable_envelope();
    if (envelope.contract_version() == 0) envelope.set_contract_version(contract::kContractVersion);
    if (envelope.revision() == 0) envelope.set_revision(sent_as == contract::SentAs::kNew ? 1 : 2);
  }
  if (!notice.has_citizen()) return;
  v1::Citizen& citizen = *notice.mutable_citizen();
  NormaliseText(citizen.mutable_name());
  NormaliseText(citizen.mutable_email());
  for (std::string& number : *citizen.mutable_phone_numbers()) NormalisePhoneNumber(number);
  if (!citizen.has_postal_address()) return;
  v1::PostalAddress& address = *citizen.mutable_postal_address();
  NormaliseText(address.mutable_street());
  NormaliseText(address.mutable_postal_code());
  NormaliseText(address.mutable_city());
}

namespace {

// Gives each line that is not blank to `take`.
absl::Status ForEachNotice(std::istream& input,
                           const std::function<void(size_t number, const std::string& line)>& take) {
  std::string line;
  size_t notices = 0;
  for (size_t number = 1; ReadLine(input, number == 1, line); ++number) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (++notices > kFileNotices) {
      return absl::ResourceExhaustedError(
          absl::StrCat("holds more than ", kFileNotices, " notices; split it into several files"));
    }
    take(number, line);
  }
  if (input.bad()) return absl::DataLossError("cannot be read to its end");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NoticeFile> ReadNotices(std::istream& input, const contract::Moment& now) {
  Reading reading(now);
  const absl::Status read =
      ForEachNotice(input, [&](size_t number, const std::string& line) { reading.Line(number, line); });
  if (!read.ok()) return read;
  return std::move(reading).file();
}

absl::StatusOr<UnjudgedNotices> ReadUnjudged(std::istream& input) {
  UnjudgedNotices unjudged;
  const absl::Status read = ForEachNotice(input, [&](size_t, const std::string& line) {
    v1::Notice notice;
    if (line.size() > kLineBytes || !ReadJson(line, notice).empty()) {
      ++unjudged.unreadable;
      return;
    }
    const uint32_t revision = notice.envelope().revision();
    Normalise(notice);
    if (notice.has_envelope()) notice.mutable_envelope()->set_revision(revision);
    unjudged.notices.push_back(std::move(notice));
  });
  if (!read.ok()) return read;
  return unjudged;
}

}  // namespace envej::region
