#ifndef ENVEJ_TESTS_REGION_CLIENT_FHIR_MESSAGES_H_
#define ENVEJ_TESTS_REGION_CLIENT_FHIR_MESSAGES_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/fhir/message.h"

namespace envej::fhir {

using Json = nlohmann::ordered_json;

// The id of an invented citizen: no month has a 32nd day, and no year a 13th month.
inline constexpr char kNobody[] = "3213801234";

// An inpatient's discharge to the home as MedCom's HospitalNotification has it, all invented, in an order that XML
// takes too. The entries are: 0 MessageHeader, 1 Patient, 2 Encounter, 3 the ward and 4 the municipality, 5 the
// Provenance of the admission, 6 that of this message.
Json Discharge();
// The same for another activity and status.
Json Notification(const std::string& activity, const std::string& status);
// A message of plain FHIR: 0 MessageHeader, 1 Patient, 2 Encounter, 3 the ward.
Json PlainMessage(const std::string& status);

Json& Header(Json& message);
Json& Patient(Json& message);
Json& Encounter(Json& message);
Json& OwnProvenance(Json& message);

// 16 January 2027 at 9 in Copenhagen, an hour after the message.
inline const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 16, 8), absl::UTCTimeZone());

absl::TimeZone Copenhagen();
absl::Time At(absl::string_view text);

// Reads the message in JSON and in XML, which must come to the same but for where something is wrong.
Message Read(const Json& message);
// The one event of the message; a failure of the test if there is another number of them.
ward::Event OneEvent(const Json& message);
// What is wrong; a failure of the test if nothing is.
Problem ProblemOf(const Message& message);
Problem ProblemOf(const Json& message);

// All that an event says, to be compared.
std::string Described(const ward::Event& event);

}  // namespace envej::fhir

#endif  // ENVEJ_TESTS_REGION_CLIENT_FHIR_MESSAGES_H_
