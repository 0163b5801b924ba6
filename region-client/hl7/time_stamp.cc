#include "region-client/hl7/time_stamp.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace envej::hl7 {
namespace {

constexpr size_t kFractionMost = 4;
constexpr absl::Duration kClocksApart = absl::Minutes(5);

size_t DigitsAtBegin(absl::string_view text) {
  return static_cast<size_t>(
      std::find_if_not(text.begin(), text.end(),
                       [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }) -
      text.begin());
}

// The number in the next digits, which are digits.
int Take(absl::string_view& digits, size_t count) {
  int number = 0;
  for (const char c : digits.substr(0, count)) number = number * 10 + (c - '0');
  digits.remove_prefix(std::min(count, digits.size()));
  return number;
}

// +/-ZZZZ; nothing for any other text.
std::optional<absl::TimeZone> ParseZone(absl::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || DigitsAtBegin(text.substr(1)) != 4) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = Take(text, 2);
  const int minutes = Take(text, 2);
  if (hours > 14 || minutes > 59) return std::nullopt;
  return absl::FixedTimeZone(sign * (hours * 60 + minutes) * 60);
}

// Takes .S to .SSSS from the beginning, as a part of a second. Nothing if a full stop is not followed so.
std::optional<absl::Duration> TakeFraction(absl::string_view& text) {
  if (text.empty() || text[0] != '.') return absl::ZeroDuration();
  text.remove_prefix(1);
  const size_t count = DigitsAtBegin(text);
  if (count < 1 || count > kFractionMost) return std::nullopt;
  absl::Duration unit = absl::Seconds(1);
  for (size_t digit = 0; digit < count; ++digit) unit /= 10;
  return Take(text, count) * unit;
}

absl::Time TimeOf(absl::CivilSecond second, absl::TimeZone zone, absl::Time now) {
  const absl::TimeZone::TimeInfo info = zone.At(second);
  const bool is_second = info.kind == absl::TimeZone::TimeInfo::REPEATED && info.post <= now + kClocksApart;
  return is_second ? info.post : absl::FromCivil(second, zone);
}

}  // namespace

std::optional<TimeStamp> ParseTimeStamp(absl::string_view text, absl::TimeZone zone, absl::Time now) {
  const size_t count = DigitsAtBegin(text);
  if (count < 4 || count > 14 || count % 2 != 0 || text[0] == '0') return std::nullopt;
  absl::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  std::optional<absl::Duration> fraction = absl::ZeroDuration();
  if (count == 14) fraction = TakeFraction(text);
  const std::optional<absl::TimeZone> said = text.empty() ? zone : ParseZone(text);
  if (!fraction.has_value() || !said.has_value()) return std::nullopt;

  std::array<int, 6> parts = {0, 1, 1, 0, 0, 0};
  parts[0] = Take(digits, 4);
  for (size_t part = 1; part < parts.size() && !digits.empty(); ++part) parts[part] = Take(digits, 2);
  const absl::CivilSecond second(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  const bool exists = second.year() == parts[0] && second.month() == parts[1] && second.day() == parts[2] &&
                      second.hour() == parts[3] && second.minute() == parts[4] && second.second() == parts[5];
  if (!exists) return std::nullopt;
  if (count < 8) return TimeStamp{};
  if (count == 8) return TimeStamp{.day = absl::CivilDay(second), .time = std::nullopt};
  const absl::Time time = TimeOf(second, *said, now) + *fraction;
  return TimeStamp{.day = absl::ToCivilDay(time, zone), .time = time};
}

std::string FormatTimeStamp(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y%m%d%H%M%S%z", time, zone);
}

}  // namespace envej::hl7
