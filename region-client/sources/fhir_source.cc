#include "region-client/sources/fhir_source.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/notice_id.h"
#include "region-client/agent/random_ids.h"
#include "region-client/fhir/acknowledgement.h"
#include "region-client/sources/fhir_decoder.h"

namespace envej::region {
namespace {

static_assert(fhir::kEncounters <= kMessageEvents);

constexpr size_t kUuidBytes = 16;

// The content type without its parameters.
std::optional<fhir::Form> FormOf(absl::string_view content_type) {
  const std::string type =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
  if (type == "application/fhir+json" || type == "application/json") return fhir::Form::kJson;
  if (type == "application/fhir+xml" || type == "application/xml") return fhir::Form::kXml;
  return std::nullopt;
}

absl::string_view TypeOf(fhir::Form form) {
  return form == fhir::Form::kJson ? "application/fhir+json" : "application/fhir+xml";
}

// A random one (RFC 9562, version 4).
std::string NewUuid() {
  std::string bytes = RandomBytes(kUuidBytes).value_or(std::string(kUuidBytes, '\0'));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return contract::NoticeId::FromBytes(bytes).value_or(contract::NoticeId()).ToString();
}

fhir::AcknowledgementIds NewIds() {
  return {.bundle = NewUuid(),
          .header = NewUuid(),
          .provenance = NewUuid(),
          .outcome = NewUuid(),
          .sender = NewUuid(),
          .receiver = NewUuid()};
}

// Without the numbers in it, so that there are few of them.
std::string PlaceOf(const fhir::Problem& problem) {
  std::string place;
  for (const char c : problem.where) {
    if (c != '[' && c != ']' && c != ' ' && !absl::ascii_isdigit(static_cast<unsigned char>(c))) place += c;
  }
  return place.empty() ? "message" : place;
}

int StatusOf(const std::optional<fhir::Problem>& problem) {
  if (!problem.has_value()) return 200;
  return problem->issue == fhir::Issue::kTransient ? 503 : 422;
}

}  // namespace

std::optional<fhir::Problem> FhirSource::Take(const Peer& peer, const fhir::Message& message) const {
  if (const auto* const problem = std::get_if<fhir::Problem>(&message.says)) return *problem;
  const auto* const events = std::get_if<std::vector<ward::Event>>(&message.says);
  if (events == nullptr) return std::nullopt;
  // Whoever may post as the peer has ids of its own.
  const absl::StatusOr<Answer> answer = parts_.desk.TakeMessage(NameOfFhir(peer.name, message.ids), *events);
  if (answer.ok() && answer->id_used_again) {
    parts_.log(absl::StrCat("fhir: ids of a message of ", peer.name, " were used again: it is taken as a new one"));
  }
  if (answer.ok()) return std::nullopt;
  if (absl::IsInvalidArgument(answer.status())) {
    return fhir::Problem{.issue = fhir::Issue::kValue,
                         .where = "Patient.identifier",
                         .text = "has no number from the authority that identifies patients here"};
  }
  parts_.log(absl::StrCat("fhir: ", answer.status().message()));
  return fhir::Problem{
      .issue = fhir::Issue::kTransient, .where = "", .text = "cannot be kept now; send it again as it is"};
}

void FhirSource::Note(const Peer& peer, const fhir::Problem& problem) const {
  parts_.log(absl::StrCat("fhir: a message of ", peer.name,
                          " was refused: ", problem.where.empty() ? "the message" : problem.where, " ", problem.text));
  if (problem.issue == fhir::Issue::kTransient) return;
  const absl::Status counted = parts_.desk.CountRefused(peer.name, PlaceOf(problem));
  if (!counted.ok()) parts_.log(absl::StrCat("fhir: ", counted.message()));
}

MessageAnswer FhirSource::Process(const Peer& peer, const std::string& content_type, const std::string& body) const {
  const std::optional<fhir::Form> form = FormOf(content_type);
  if (!form.has_value()) {
    return {
        .status = 415, .content_type = "text/plain", .body = "send application/fhir+json or application/fhir+xml\n"};
  }
  const fhir::Message message = fhir::ReadMessage(body, *form, parts_.copenhagen, parts_.now());
  const auto* const no_concern = std::get_if<fhir::NoConcern>(&message.says);
  if (no_concern != nullptr && *no_concern == fhir::NoConcern::kAcknowledgement) {
    return {.status = 204, .content_type = std::string(TypeOf(*form)), .body = ""};
  }
  const std::optional<fhir::Problem> problem = Take(peer, message);
  if (problem.has_value()) Note(peer, *problem);
  return {.status = StatusOf(problem),
          .content_type = std::string(TypeOf(*form)),
          .body = fhir::WriteAcknowledgement(message, problem, NewIds(), parts_.now(), *form)};
}

}  // namespace envej::region
