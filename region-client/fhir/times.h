#ifndef ENVEJ_REGION_CLIENT_FHIR_TIMES_H_
#define ENVEJ_REGION_CLIENT_FHIR_TIMES_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace envej::fhir {

// What a date, dateTime or instant of FHIR says: a time with its zone, a day, or less than a day (a year, a month).
struct Moment {
  std::optional<absl::Time> time;
  std::optional<absl::CivilDay> day;  // where there is no time

  // The day that it is in that zone.
  std::optional<absl::CivilDay> DayIn(const absl::TimeZone& zone) const;
};

// Nothing if it is none of them (http://hl7.org/fhir/R4/datatypes.html#dateTime): a time of day has its seconds and its
// zone, and every date is one that the calendar has.
std::optional<Moment> ParseMoment(absl::string_view text);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_TIMES_H_
