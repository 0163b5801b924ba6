#include "region-client/fhir/times.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"

namespace envej::fhir {
namespace {

constexpr size_t kLongestMoment = 40;  // more digits of a second than any clock has
constexpr absl::string_view kDay = "0000-00-00";
constexpr absl::string_view kTimeOfDay = "T00:00:00";
constexpr absl::string_view kOffset = "+00:00";

// Whether the text is written as the pattern is, where 0 stands for any digit and + for either sign.
bool IsWrittenAs(absl::string_view text, absl::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool fits = pattern[i] == '0'   ? absl::ascii_isdigit(static_cast<unsigned char>(text[i]))
                      : pattern[i] == '+' ? text[i] == '+' || text[i] == '-'
                                          : text[i] == pattern[i];
    if (!fits) return false;
  }
  return true;
}

bool IsFraction(absl::string_view text) {
  if (text.empty()) return true;
  if (text.size() < 2 || text[0] != '.') return false;
  for (char digit : text.substr(1)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
  }
  return true;
}

std::optional<Moment> ParseTime(absl::string_view text) {
  absl::string_view rest = text.substr(kDay.size());
  const size_t zone = absl::EndsWith(rest, "Z") ? 1 : kOffset.size();
  if (rest.size() < kTimeOfDay.size() + zone) return std::nullopt;
  if (zone > 1 && !IsWrittenAs(rest.substr(rest.size() - zone), kOffset)) return std::nullopt;
  if (!IsWrittenAs(rest.substr(0, kTimeOfDay.size()), kTimeOfDay)) return std::nullopt;
  rest.remove_suffix(zone);
  if (!IsFraction(rest.substr(kTimeOfDay.size()))) return std::nullopt;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
  return Moment{.time = time, .day = std::nullopt};
}

}  // namespace

std::optional<absl::CivilDay> Moment::DayIn(const absl::TimeZone& zone) const {
  if (time.has_value()) return absl::ToCivilDay(*time, zone);
  return day;
}

std::optional<Moment> ParseMoment(absl::string_view text) {
  if (text.size() > kLongestMoment) return std::nullopt;
  // A year or a month is written as the beginning of a day.
  const absl::string_view day = text.substr(0, kDay.size());
  const bool is_partial = day.size() == 4 || day.size() == 7;
  const std::string whole = is_partial ? absl::StrCat(day, absl::string_view("-01-01").substr(day.size() - 4)) : "";
  const std::optional<absl::CivilDay> parsed = contract::ParseDay(is_partial ? absl::string_view(whole) : day);
  if (!parsed.has_value()) return std::nullopt;
  if (is_partial) return Moment{};
  if (text.size() == day.size()) return Moment{.time = std::nullopt, .day = parsed};
  return ParseTime(text);
}

}  // namespace envej::fhir
