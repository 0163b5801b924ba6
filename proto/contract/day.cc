#include "proto/contract/day.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace envej::contract {

std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (size_t index = 0; index < text.size(); ++index) {
    if (index != 4 && index != 7 && !absl::ascii_isdigit(static_cast<unsigned char>(text[index]))) return std::nullopt;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  if (!absl::SimpleAtoi(text.substr(0, 4), &year) || !absl::SimpleAtoi(text.substr(5, 2), &month) ||
      !absl::SimpleAtoi(text.substr(8, 2), &day)) {
    return std::nullopt;
  }
  if (year == 0) return std::nullopt;            // no calendar of ours has it
  const absl::CivilDay civil(year, month, day);  // normalises 31 February to 3 March, say
  if (civil.month() != month || civil.day() != day) return std::nullopt;
  return civil;
}

std::string FormatDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::CivilDay Anniversary(absl::CivilDay day, int years) {
  const absl::CivilDay same(day.year() + years, day.month(), day.day());
  return same.month() == day.month() ? same : same - 1;
}

absl::StatusOr<absl::TimeZone> CopenhagenTimeZone() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/Copenhagen", &zone)) {
    return absl::NotFoundError("time zone Europe/Copenhagen is not installed; install tzdata");
  }
  return zone;
}

}  // namespace envej::contract
