#ifndef ENVEJ_PROTO_CONTRACT_DAY_H_
#define ENVEJ_PROTO_CONTRACT_DAY_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace envej::contract {

// A day written YYYY-MM-DD, years 0001 to 9999; nothing for any other text, also for days that no calendar has.
std::optional<absl::CivilDay> ParseDay(absl::string_view text);
std::string FormatDay(absl::CivilDay day);

// The last day on which something given on `day` is at most `years` old. A leap day's anniversary is 28 February.
absl::CivilDay Anniversary(absl::CivilDay day, int years);

// The time zone of Copenhagen, in which all days of the contract are meant. NOT_FOUND without tzdata.
absl::StatusOr<absl::TimeZone> CopenhagenTimeZone();

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_DAY_H_
