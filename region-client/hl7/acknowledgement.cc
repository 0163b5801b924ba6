#include "region-client/hl7/acknowledgement.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "region-client/hl7/character_set.h"
#include "region-client/hl7/delimiters.h"
#include "region-client/hl7/time_stamp.h"

namespace envej::hl7 {
namespace {

constexpr size_t kHeaderFields = 18;  // as many of MSH as are looked at
constexpr size_t kMirroredBytesMost = 250;
constexpr size_t kTriggerBytesMost = 3;
constexpr size_t kVersionBytesMost = 5;
constexpr char kVersionUnknown[] = "2.5";

absl::string_view TableText(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSegmentSequenceError:
      return "Segment sequence error";
    case ErrorCode::kRequiredFieldMissing:
      return "Required field missing";
    case ErrorCode::kDataTypeError:
      return "Data type error";
    case ErrorCode::kTableValueNotFound:
      return "Table value not found";
    case ErrorCode::kValueTooLong:
      return "Value too long";
    case ErrorCode::kUnsupportedMessageType:
      return "Unsupported message type";
    case ErrorCode::kUnsupportedEventCode:
      return "Unsupported event code";
    case ErrorCode::kUnsupportedProcessingId:
      return "Unsupported processing id";
    case ErrorCode::kUnsupportedVersionId:
      return "Unsupported version id";
    case ErrorCode::kApplicationInternalError:
      return "Application internal error";
  }
  return "";
}

// The answered header as it is written, to be given back as it is.
class Mirrored {
 public:
  explicit Mirrored(absl::string_view message) {
    absl::ConsumePrefix(&message, "\xEF\xBB\xBF");
    const std::optional<Delimiters> declared = ReadDelimiters(message);
    if (!declared.has_value()) return;
    delimiters_ = *declared;
    fields_ = absl::StrSplit(FirstLine(message), absl::MaxSplits(delimiters_.field, kHeaderFields));
  }

  const Delimiters& delimiters() const { return delimiters_; }
  bool is_readable() const { return !fields_.empty(); }

  // MSH-`number`, from 2.
  std::string Field(size_t number) const {
    if (number - 1 >= fields_.size() || fields_[number - 1].size() > kMirroredBytesMost) return "";
    std::string field(fields_[number - 1]);
    field.erase(std::remove_if(field.begin(), field.end(),
                               [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }),
                field.end());
    return field;
  }

  // What it says, without white space around it; empty where it is explicitly nothing.
  std::string Value(size_t number) const {
    const std::string field(absl::StripAsciiWhitespace(Field(number)));
    return field == "\"\"" ? "" : field;
  }

  // Empty for what can be no code of so many letters, digits and dots: what stands in the wrong place is not said
  // again.
  std::string Code(size_t number, size_t component, size_t most) const {
    const std::vector<std::string> parts = absl::StrSplit(Field(number), delimiters_.component);
    if (component > parts.size() || parts[component - 1].size() > most) return "";
    const std::string& code = parts[component - 1];
    const bool is_one = std::all_of(code.begin(), code.end(), [](char c) {
      return c == '.' || absl::ascii_isalnum(static_cast<unsigned char>(c));
    });
    return is_one ? code : "";
  }

  std::string EncodingCharacters() const { return is_readable() ? Field(2) : "^~\\&"; }
  std::string Version() const {
    std::string version = is_readable() ? Code(12, 1, kVersionBytesMost) : "";
    return absl::StartsWith(version, "2.") ? version : kVersionUnknown;
  }
  std::string ProcessingId() const {
    const std::string id = Code(11, 1, 1);
    return id.empty() ? "P" : id;
  }
  // Of 2.minor; the text is compared by its first digits, which is all that tells the forms apart.
  bool IsBefore(char minor) const {
    const std::string version = Version();
    return absl::StartsWith(version, "2.") && version.size() >= 3 && version[2] < minor;
  }

 private:
  Delimiters delimiters_;
  std::vector<absl::string_view> fields_;
};

// Which acknowledgement is due.
enum class Level { kNone, kAccept, kApplication };

// By a condition of table 0155; what is none of its values is taken for "always".
bool IsDue(absl::string_view condition, bool is_good) {
  if (condition.empty() || condition == "NE") return false;
  if (condition == "ER") return !is_good;
  if (condition == "SU") return is_good;
  return true;
}

Level LevelDue(const Mirrored& mirrored, bool is_good) {
  const std::string accept = mirrored.Value(15);
  const std::string application = mirrored.Value(16);
  if (accept.empty() && application.empty()) return Level::kApplication;
  if (IsDue(accept, is_good)) return Level::kAccept;
  return IsDue(application, is_good) ? Level::kApplication : Level::kNone;
}

// What cannot be kept now is an error to who only takes in: rejected is what MSH-9, 11 and 12 say.
AcknowledgementCode CodeAt(Level level, const std::optional<Problem>& problem) {
  const bool is_not_kept = problem.has_value() && problem->code == ErrorCode::kApplicationInternalError;
  return level == Level::kAccept && is_not_kept ? AcknowledgementCode::kError : CodeFor(problem);
}

// MSA-1.
std::string Letters(Level level, AcknowledgementCode code) {
  const absl::string_view which = level == Level::kAccept ? "C" : "A";
  switch (code) {
    case AcknowledgementCode::kAccept:
      return absl::StrCat(which, "A");
    case AcknowledgementCode::kError:
      return absl::StrCat(which, "E");
    case AcknowledgementCode::kReject:
      return absl::StrCat(which, "R");
  }
  return "";
}

std::string Header(const Mirrored& mirrored, const OwnHeader& own) {
  const std::string component(1, mirrored.delimiters().component);
  std::vector<std::string> type = {"ACK"};
  if (const std::string trigger = mirrored.Code(9, 2, kTriggerBytesMost); !trigger.empty()) {
    type.push_back(trigger);
    if (!mirrored.IsBefore('4')) type.push_back("ACK");
  }
  std::vector<std::string> fields = {"MSH",
                                     mirrored.EncodingCharacters(),
                                     mirrored.Field(5),
                                     mirrored.Field(6),
                                     mirrored.Field(3),
                                     mirrored.Field(4),
                                     FormatTimeStamp(own.now, own.zone),
                                     "",
                                     absl::StrJoin(type, component),
                                     Escaped(own.control_id, mirrored.delimiters()),
                                     mirrored.ProcessingId(),
                                     mirrored.Version()};
  if (const std::string character_set = mirrored.Field(18); FindCharacterSet(character_set).has_value()) {
    fields.resize(kHeaderFields - 1);
    fields.push_back(character_set);
  }
  return absl::StrJoin(fields, std::string(1, mirrored.delimiters().field));
}

// SEGMENT^occurrence^field^repetition^component^subcomponent, as far as it is said.
std::vector<std::string> Location(const Place& place, size_t parts_most) {
  std::vector<std::string> parts;
  if (place.segment.empty()) return parts;
  parts = {place.segment, absl::StrCat(place.occurrence)};
  if (place.field > 0) parts.push_back(absl::StrCat(place.field));
  if (place.component > 0 || place.repetition > 1) parts.push_back(absl::StrCat(place.repetition));
  if (place.component > 0) parts.push_back(absl::StrCat(place.component));
  if (place.subcomponent > 0) parts.push_back(absl::StrCat(place.subcomponent));
  if (parts.size() > parts_most) parts.resize(parts_most);
  return parts;
}

// ERR-1 up to 2.4: segment, occurrence, field, and the code as its subcomponents.
std::string OldError(const Problem& problem, const Delimiters& delimiters) {
  std::vector<std::string> parts = Location(problem.place, 3);
  parts.resize(3);
  parts.push_back(absl::StrJoin(std::vector<std::string>{absl::StrCat(static_cast<int>(problem.code)),
                                                         std::string(TableText(problem.code)), "HL70357"},
                                std::string(1, delimiters.subcomponent == '\0' ? ' ' : delimiters.subcomponent)));
  return absl::StrJoin({std::string("ERR"), absl::StrJoin(parts, std::string(1, delimiters.component))},
                       std::string(1, delimiters.field));
}

std::string NewError(const Problem& problem, const Delimiters& delimiters) {
  const std::string component(1, delimiters.component);
  const std::string code =
      absl::StrCat(static_cast<int>(problem.code), component, TableText(problem.code), component, "HL70357");
  const std::string why = Escaped(absl::StrCat(ToText(problem.place), " ", problem.what), delimiters);
  const std::vector<std::string> fields = {
      "ERR", "", absl::StrJoin(Location(problem.place, 6), component), code, "E", "", "", why};
  return absl::StrJoin(fields, std::string(1, delimiters.field));
}

}  // namespace

AcknowledgementCode CodeFor(const std::optional<Problem>& problem) {
  if (!problem.has_value()) return AcknowledgementCode::kAccept;
  switch (problem->code) {
    case ErrorCode::kUnsupportedMessageType:
    case ErrorCode::kUnsupportedEventCode:
    case ErrorCode::kUnsupportedProcessingId:
    case ErrorCode::kUnsupportedVersionId:
    case ErrorCode::kApplicationInternalError:
      return AcknowledgementCode::kReject;
    default:
      return AcknowledgementCode::kError;
  }
}

std::string Acknowledge(absl::string_view message, const std::optional<Problem>& problem, const OwnHeader& own) {
  const Mirrored mirrored(message);
  const Delimiters& delimiters = mirrored.delimiters();
  const bool is_old = mirrored.IsBefore('5');
  const Level level = LevelDue(mirrored, !problem.has_value());
  if (level == Level::kNone) return "";
  const AcknowledgementCode code =
      problem.has_value() && !mirrored.is_readable() ? AcknowledgementCode::kReject : CodeAt(level, problem);
  std::vector<std::string> result = {"MSA", Letters(level, code), mirrored.Field(10)};
  if (problem.has_value() && is_old) {
    result.push_back(Escaped(absl::StrCat(ToText(problem->place), " ", problem->what), delimiters));
  }
  std::string answer =
      absl::StrCat(Header(mirrored, own), "\r", absl::StrJoin(result, std::string(1, delimiters.field)), "\r");
  if (problem.has_value()) {
    absl::StrAppend(&answer, is_old ? OldError(*problem, delimiters) : NewError(*problem, delimiters), "\r");
  }
  return answer;
}

}  // namespace envej::hl7
