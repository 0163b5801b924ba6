// A ward's message in FHIR, in either form, and its acknowledgement.

#include <cstdlib>
#include <optional>
#include <variant>

#include "proto/contract/day.h"
#include "region-client/fhir/acknowledgement.h"
#include "region-client/fhir/message.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr char kJson[] =
    R"({"resourceType": "Bundle", "id": "b", "type": "message", "timestamp": "2027-01-15T13:20:05Z", "entry": [)"
    R"({"resource": {"resourceType": "MessageHeader", "id": "h",)"
    R"( "eventCoding": {"code": "hospital-notification-message"},)"
    R"( "sender": {"reference": "#o"}, "focus": [{"reference": "Encounter/e"}]}},)"
    R"({"resource": {"resourceType": "Patient", "id": "p", "identifier": [{"value": "3213801234"}],)"
    R"( "name": [{"family": "A", "given": ["B"]}], "telecom": [{"system": "phone", "value": "1"}],)"
    R"( "birthDate": "1980-01-01", "deceasedBoolean": false}},)"
    R"({"resource": {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "IMP"},)"
    R"( "subject": {"reference": "Patient/p"}, "period": {"end": "2027-01-15T13:20:00.5+01:00"},)"
    R"( "contained": [{"resourceType": "Organization", "id": "o", "identifier": [{"value": "7"}]}],)"
    R"( "serviceProvider": {"reference": "#o"}}},)"
    R"({"resource": {"resourceType": "Provenance", "target": [{"reference": "MessageHeader/h"}],)"
    R"( "occurredDateTime": "2027-01-15T13:20:05Z", "activity": {"coding": [{"code": "discharge-inpatient-home"}]}}}]})";

constexpr char kXml[] =
    "<?xml version='1.0' encoding='UTF-8'?><Bundle xmlns='http://hl7.org/fhir'><id value='b'/><type value='message'/>"
    "<entry><resource><MessageHeader><id value='h'/><eventUri value='http://a.example/?a&amp;b&#xE6;'/>"
    "<text><div xmlns='http://www.w3.org/1999/xhtml'>A</div></text></MessageHeader></resource></entry>"
    "<entry><fullUrl value='urn:uuid:p'/><resource><Patient><identifier><value value='3213801234'/></identifier>"
    "<deceasedDateTime value='2027-01'/></Patient></resource></entry>"
    "<entry><resource><Encounter><status value='in-progress'/><subject><reference value='urn:uuid:p'/></subject>"
    "<period><end value='2027-01-15'/></period></Encounter></resource></entry></Bundle>";

void TryAs(absl::string_view bytes, fhir::Form form) {
  static const absl::TimeZone copenhagen = contract::CopenhagenTimeZone().value();
  const fhir::Message message = fhir::ReadMessage(bytes, form, copenhagen, absl::FromUnixSeconds(1'800'100'000));
  if (const auto* events = std::get_if<std::vector<ward::Event>>(&message.says)) {
    ENVEJ_FUZZ_CHECK(!events->empty() && !message.ids.header_id.empty());
    for (const ward::Event& event : *events) ENVEJ_FUZZ_CHECK(!event.patient.empty());
  }
  std::optional<fhir::Problem> problem;
  if (const auto* wrong = std::get_if<fhir::Problem>(&message.says)) {
    ENVEJ_FUZZ_CHECK(!wrong->text.empty());
    problem = *wrong;
  }
  // Whatever came, the answer is one.
  const fhir::AcknowledgementIds ids = {"b", "h", "p", "o", "s", "r"};
  const std::string answer =
      fhir::WriteAcknowledgement(message, problem, ids, absl::FromUnixSeconds(1'800'000'000), form);
  const fhir::Message read = fhir::ReadMessage(answer, form, copenhagen, absl::InfiniteFuture());
  const auto* no_concern = std::get_if<fhir::NoConcern>(&read.says);
  ENVEJ_FUZZ_CHECK(no_concern != nullptr && *no_concern == fhir::NoConcern::kAcknowledgement);
}

}  // namespace

void Try(absl::string_view bytes) {
  TryAs(bytes, fhir::Form::kJson);
  TryAs(bytes, fhir::Form::kXml);
}

std::vector<std::string> Seeds() { return {kJson, kXml}; }

}  // namespace envej::fuzz
