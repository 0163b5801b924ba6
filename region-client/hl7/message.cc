#include "region-client/hl7/message.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace envej::hl7 {
namespace {

using MaybeProblem = std::variant<std::monostate, Problem>;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kExplicitlyNothing = "\"\"";
constexpr std::array<absl::string_view, 7> kRead = {"MSH", "EVN", "PID", "PD1", "PV1", "PV2", "MRG"};
constexpr int kCharacterSetField = 18;

bool IsSegment(absl::string_view line, char field_delimiter) {
  const auto is_of_a_name = [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  return line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3, is_of_a_name) &&
         (line.size() == 3 || line[3] == field_delimiter);
}

// Part `number`, from 1, of a text in parts; empty if it has not so many.
absl::string_view Part(absl::string_view text, char delimiter, int number) {
  for (; number > 1; --number) {
    const size_t end = delimiter == '\0' ? absl::string_view::npos : text.find(delimiter);
    if (end == absl::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return delimiter == '\0' ? text : text.substr(0, text.find(delimiter));
}

bool IsSupportedVersion(absl::string_view version) {
  return absl::ConsumePrefix(&version, "2.") && !version.empty() && version[0] >= '2' && version[0] <= '8' &&
         (version.size() == 1 ||
          (version.size() == 3 && version[1] == '.' && absl::ascii_isdigit(static_cast<unsigned char>(version[2]))));
}

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

Problem TooMany(Place place, absl::string_view what, int most) {
  return {std::move(place), ErrorCode::kValueTooLong, absl::StrCat("has more than ", most, " ", what)};
}

// The encoding of the header must be known before any of it is read; the names of encodings are ASCII.
std::optional<CharacterSet> DeclaredIn(absl::string_view header, const Delimiters& delimiters, CharacterSet unsaid) {
  const absl::string_view field = Part(header, delimiters.field, kCharacterSetField);
  const absl::string_view first = absl::StripAsciiWhitespace(Part(field, delimiters.repetition, 1));
  return first.empty() || first == kExplicitlyNothing ? unsaid : FindCharacterSet(first);
}

}  // namespace

std::variant<Message, Problem> Message::Read(absl::string_view bytes, CharacterSet unsaid) {
  if (bytes.size() > kMessageBytesMost) {
    return Problem{{}, ErrorCode::kValueTooLong, absl::StrCat("is longer than ", kMessageBytesMost, " bytes")};
  }
  absl::ConsumePrefix(&bytes, kByteOrderMark);
  if (absl::StrContains(bytes, '\0')) return Problem{{}, ErrorCode::kDataTypeError, "has a NUL character"};
  const std::optional<Delimiters> delimiters = ReadDelimiters(bytes);
  if (!delimiters.has_value()) {
    return Problem{
        {.segment = "MSH"}, ErrorCode::kSegmentSequenceError, "does not begin the message with its delimiters"};
  }
  const std::optional<CharacterSet> set = DeclaredIn(FirstLine(bytes), *delimiters, unsaid);
  if (!set.has_value()) {
    return Problem{{.segment = "MSH", .field = kCharacterSetField},
                   ErrorCode::kTableValueNotFound,
                   "is none of ASCII, 8859/1 and UNICODE UTF-8"};
  }
  Message message;
  message.delimiters_ = *delimiters;
  message.character_set_ = *set;
  if (auto problem = message.ReadSegments(bytes); problem.index() == 1) return std::get<Problem>(std::move(problem));
  if (auto problem = message.CheckHeader(); problem.index() == 1) return std::get<Problem>(std::move(problem));
  return message;
}

// By the end of the first, so that a line's end within a text of the others does not end them.
MaybeProblem Message::ReadSegments(absl::string_view bytes) {
  const size_t first_end = bytes.find_first_of("\r\n");
  const char end = first_end == absl::string_view::npos ? '\r' : bytes[first_end];
  int number = 0;
  for (absl::string_view line : absl::StrSplit(bytes, end)) {
    if (end == '\r') absl::ConsumePrefix(&line, "\n");
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (++number > kSegmentsMost) return TooMany({}, "segments", kSegmentsMost);
    if (!IsSegment(line, delimiters_.field)) {
      return Problem{{}, ErrorCode::kSegmentSequenceError, absl::StrCat("has no segment in line ", number)};
    }
    if (auto problem = Keep(line); problem.index() == 1) return problem;
  }
  return {};
}

MaybeProblem Message::Keep(absl::string_view line) {
  const absl::string_view name = line.substr(0, 3);
  if (std::find(kRead.begin(), kRead.end(), name) == kRead.end()) return {};
  for (Segment& known : segments_) {
    if (known.name != name) continue;
    ++known.count;
    return {};
  }
  std::optional<std::string> text = ToUtf8(line, character_set_);
  if (!text.has_value()) {
    return Problem{{.segment = std::string(name)}, ErrorCode::kDataTypeError, "is not in the message's character set"};
  }
  BlankControls(*text);
  Segment segment{.name = std::string(name),
                  .fields = absl::StrSplit(*text, absl::MaxSplits(delimiters_.field, kFieldsMost + 1))};
  if (name == "MSH") segment.fields.insert(segment.fields.begin() + 1, std::string(1, delimiters_.field));
  if (segment.fields.size() > kFieldsMost + 1) return TooMany({.segment = segment.name}, "fields", kFieldsMost);
  for (size_t field = name == "MSH" ? 3 : 1; field < segment.fields.size(); ++field) {
    const std::string& written = segment.fields[field];
    if (std::count(written.begin(), written.end(), delimiters_.repetition) >= kRepetitionsMost) {
      return TooMany({.segment = segment.name, .field = static_cast<int>(field)}, "repetitions", kRepetitionsMost);
    }
  }
  segments_.push_back(std::move(segment));
  return {};
}

MaybeProblem Message::CheckHeader() const {
  const auto header = [](int field) { return Place{.segment = "MSH", .field = field}; };
  if (Count("MSH") > 1) {
    return Problem{{.segment = "MSH", .occurrence = 2}, ErrorCode::kSegmentSequenceError, "begins a second message"};
  }
  for (const int field : {9, 10, 12}) {
    if (Text(header(field)).empty()) return Problem{header(field), ErrorCode::kRequiredFieldMissing, "is missing"};
  }
  if (ControlId().size() > kControlIdBytesMost) {
    return Problem{header(10), ErrorCode::kValueTooLong,
                   absl::StrCat("is longer than ", kControlIdBytesMost, " characters")};
  }
  if (!IsPrintableAscii(ControlId())) return Problem{header(10), ErrorCode::kDataTypeError, "is not printable ASCII"};
  if (!IsSupportedVersion(Text(header(12)))) {
    return Problem{header(12), ErrorCode::kUnsupportedVersionId, "is none of 2.2 to 2.8"};
  }
  return {};
}

const Message::Segment* Message::Find(absl::string_view name) const {
  const auto found =
      std::find_if(segments_.begin(), segments_.end(), [name](const Segment& segment) { return segment.name == name; });
  return found == segments_.end() ? nullptr : &*found;
}

int Message::Count(absl::string_view segment) const {
  const Segment* const found = Find(segment);
  return found == nullptr ? 0 : found->count;
}

absl::string_view Message::Field(absl::string_view segment, int field) const {
  const Segment* const found = Find(segment);
  if (found == nullptr || field < 0 || static_cast<size_t>(field) >= found->fields.size()) return {};
  return found->fields[static_cast<size_t>(field)];
}

int Message::Repetitions(absl::string_view segment, int field) const {
  const absl::string_view written = absl::StripAsciiWhitespace(Field(segment, field));
  if (written.empty() || written == kExplicitlyNothing) return 0;
  return 1 + static_cast<int>(std::count(written.begin(), written.end(), delimiters_.repetition));
}

absl::string_view Message::Written(const Place& place) const {
  const absl::string_view repetition =
      Part(Field(place.segment, place.field), delimiters_.repetition, place.repetition);
  const absl::string_view component = Part(repetition, delimiters_.component, place.component);
  return absl::StripAsciiWhitespace(Part(component, delimiters_.subcomponent, place.subcomponent));
}

bool Message::IsExplicitlyNothing(const Place& place) const { return Written(place) == kExplicitlyNothing; }

std::string Message::Text(const Place& place) const {
  const absl::string_view written = Written(place);
  if (written == kExplicitlyNothing) return "";
  std::string text = Unescaped(written);
  BlankControls(text);
  return std::string(absl::StripAsciiWhitespace(text));
}

std::string Message::Unescaped(absl::string_view written) const {
  std::string text;
  while (!written.empty()) {
    const size_t begin = delimiters_.escape == '\0' ? absl::string_view::npos : written.find(delimiters_.escape);
    const size_t end = begin == absl::string_view::npos ? begin : written.find(delimiters_.escape, begin + 1);
    if (end == absl::string_view::npos) {
      text.append(written.data(), written.size());
      break;
    }
    absl::StrAppend(&text, written.substr(0, begin), Meaning(written.substr(begin + 1, end - begin - 1)));
    written.remove_prefix(end + 1);
  }
  return text;
}

std::string Message::Meaning(absl::string_view escape) const {
  const std::pair<absl::string_view, char> letters[] = {{"F", delimiters_.field},        {"S", delimiters_.component},
                                                        {"R", delimiters_.repetition},   {"E", delimiters_.escape},
                                                        {"T", delimiters_.subcomponent}, {"P", delimiters_.truncation}};
  for (const auto& [letter, delimiter] : letters) {
    if (escape == letter) return delimiter == '\0' ? "" : std::string(1, delimiter);
  }
  if (escape == ".br") return " ";
  const bool is_bytes = absl::ConsumePrefix(&escape, "X") && escape.size() % 2 == 0 &&
                        std::all_of(escape.begin(), escape.end(),
                                    [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
  return is_bytes ? ToUtf8(absl::HexStringToBytes(escape), character_set_).value_or("") : "";
}

}  // namespace envej::hl7
