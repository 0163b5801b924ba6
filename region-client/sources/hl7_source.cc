#include "region-client/sources/hl7_source.h"

#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "region-client/agent/random_ids.h"
#include "region-client/folder/hl7_decoder.h"
#include "region-client/hl7/acknowledgement.h"
#include "region-client/ward/joining.h"

namespace envej::region {
namespace {

constexpr size_t kControlIdRandomBytes = 10;  // 20 digits, as many as MSH-10 may have in every version

// What of a message is wrong by the site's word, where nothing is by HL7's own.
std::optional<hl7::Problem> WhatIsWrong(const MessageName& name, const hl7::Message& message, const ward::Event& event,
                                        const ward::Site& site) {
  constexpr char kNoNumber[] = "has no number from the authority that identifies patients here";
  if (name.source.size() > kMessageNameBytes) {
    const auto size = [&](int field) { return message.Text({.segment = "MSH", .field = field}).size(); };
    return hl7::Problem{.place = {.segment = "MSH", .field = size(3) >= size(4) ? 3 : 4},
                        .code = hl7::ErrorCode::kValueTooLong,
                        .what = "is too long for a sender's name"};
  }
  if (!ward::Identify(event.patient, site).has_value()) {
    return hl7::Problem{
        .place = {.segment = "PID", .field = 3}, .code = hl7::ErrorCode::kRequiredFieldMissing, .what = kNoNumber};
  }
  if (event.kind == ward::EventKind::kMerged && !ward::Identify(event.merged, site).has_value()) {
    return hl7::Problem{
        .place = {.segment = "MRG", .field = 1}, .code = hl7::ErrorCode::kRequiredFieldMissing, .what = kNoNumber};
  }
  return std::nullopt;
}

hl7::Problem NotKept() {
  return {.place = {},
          .code = hl7::ErrorCode::kApplicationInternalError,
          .what = "cannot be kept now; send it again as it is"};
}

// By code, and by segment and field where the decoder has a name for them: a bounded number of words.
std::string ReasonOf(const hl7::Problem& problem) {
  const std::string code = absl::StrCat(static_cast<int>(problem.code));
  const bool is_of_segment = problem.place.field == 0 && problem.code == hl7::ErrorCode::kDataTypeError;
  if (problem.place.segment.empty() || is_of_segment) return code;
  return absl::StrCat(code, " ", hl7::ToText({.segment = problem.place.segment, .field = problem.place.field}));
}

std::string NewControlId() {
  const absl::StatusOr<std::string> bytes = RandomBytes(kControlIdRandomBytes);
  return bytes.ok() ? absl::BytesToHexString(*bytes) : "0";
}

}  // namespace

std::optional<hl7::Problem> Hl7Source::TakeEvent(const hl7::Message& message, const ward::Event& event) const {
  const MessageName name = NameOfHl7(parts_.name, message);
  if (auto problem = WhatIsWrong(name, message, event, parts_.desk.site()); problem.has_value()) return problem;
  const absl::StatusOr<region::Answer> answer = parts_.desk.TakeMessage(name, {event});
  if (answer.ok() && answer->id_used_again) {
    parts_.log(absl::StrCat(parts_.name, ": a message id (MSH-10) was used again: the message is taken as a new one"));
  }
  if (answer.ok()) return std::nullopt;
  parts_.log(absl::StrCat(parts_.name, ": ", answer.status().message()));
  return NotKept();
}

std::optional<hl7::Problem> Hl7Source::Take(absl::string_view sender, absl::string_view bytes) const {
  const std::variant<hl7::Message, hl7::Problem> read = hl7::Message::Read(bytes, parts_.unsaid);
  std::optional<hl7::Problem> problem;
  if (const auto* const message = std::get_if<hl7::Message>(&read)) {
    const auto event = hl7::ReadPatientEvent(*message, parts_.site, parts_.now());
    if (const auto* const said = std::get_if<ward::Event>(&event)) problem = TakeEvent(*message, *said);
    if (const auto* const wrong = std::get_if<hl7::Problem>(&event)) problem = *wrong;
  } else {
    problem = std::get<hl7::Problem>(read);
  }
  if (problem.has_value()) Note(sender, *problem);
  return problem;
}

void Hl7Source::Note(absl::string_view sender, const hl7::Problem& problem) const {
  parts_.log(absl::StrCat(parts_.name, ": a message of ", sender, " was refused: ", hl7::ToText(problem.place), " ",
                          problem.what));
  if (problem.code == hl7::ErrorCode::kApplicationInternalError) return;
  const absl::Status counted = parts_.desk.CountRefused(parts_.name, ReasonOf(problem));
  if (!counted.ok()) parts_.log(absl::StrCat(parts_.name, ": ", counted.message()));
}

std::string Hl7Source::Answer(absl::string_view sender, absl::string_view message) const {
  return hl7::Acknowledge(message, Take(sender, message),
                          {.control_id = NewControlId(), .now = parts_.now(), .zone = parts_.site.zone});
}

}  // namespace envej::region
