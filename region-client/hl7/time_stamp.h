#ifndef ENVEJ_REGION_CLIENT_HL7_TIME_STAMP_H_
#define ENVEJ_REGION_CLIENT_HL7_TIME_STAMP_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace envej::hl7 {

// What an HL7 time stamp says, as precisely as it does.
struct TimeStamp {
  std::optional<absl::CivilDay> day;  // in `zone`; nothing if it says a year or month alone
  std::optional<absl::Time> time;     // nothing if it says no hour
};

// YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ], years 1000 to 9999. Without ZZZZ it is meant in `zone`: of a time
// that comes twice when summer time ends the second, unless that is still to come by `now` (clocks that are a few
// minutes apart agree), and one that is left out when it begins is that beginning. Nothing for any other text, also for
// days and times that there are not.
std::optional<TimeStamp> ParseTimeStamp(absl::string_view text, absl::TimeZone zone, absl::Time now);

// YYYYMMDDHHMMSS+/-ZZZZ.
std::string FormatTimeStamp(absl::Time time, absl::TimeZone zone);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_TIME_STAMP_H_
