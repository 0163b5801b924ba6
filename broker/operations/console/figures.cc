#include "broker/operations/console/figures.h"

#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

std::string TwoUnits(int64_t large, const char* large_unit, int64_t small, const char* small_unit) {
  return small == 0 ? absl::StrCat(large, " ", large_unit)
                    : absl::StrCat(large, " ", large_unit, " ", small, " ", small_unit);
}

std::string Significant(double value, const char* unit) {
  if (value < 1) return absl::StrFormat("%.2f %s", value, unit);
  return value < 10 ? absl::StrFormat("%.1f %s", value, unit) : absl::StrFormat("%.0f %s", value, unit);
}

}  // namespace

std::string RoughDuration(absl::Duration duration) {
  duration = absl::AbsDuration(duration);
  const int64_t seconds = absl::ToInt64Seconds(duration);
  const int64_t minutes = seconds / 60;
  const int64_t hours = minutes / 60;
  if (duration < absl::Minutes(1)) return absl::StrCat(seconds, " s");
  if (duration < absl::Hours(1)) return absl::StrCat(minutes, " min");
  if (duration < kDay) return TwoUnits(hours, "h", minutes % 60, "min");
  return TwoUnits(hours / 24, "d", hours % 24, "h");
}

std::string FineDuration(absl::Duration duration) {
  if (duration < absl::Seconds(1)) return Significant(absl::ToDoubleMilliseconds(duration), "ms");
  if (duration < absl::Minutes(1)) return Significant(absl::ToDoubleSeconds(duration), "s");
  return RoughDuration(duration);
}

std::string Ago(absl::Time time, absl::Time now) {
  const absl::Duration passed = now - time;
  if (absl::AbsDuration(passed) < absl::Seconds(1)) return "now";
  return passed > absl::ZeroDuration() ? absl::StrCat(RoughDuration(passed), " ago")
                                       : absl::StrCat("in ", RoughDuration(passed));
}

std::string LocalTime(absl::Time time, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone);
}

std::string LocalTimeAndAgo(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone,
                            absl::Time now) {
  if (!present) return "";
  const absl::Time at = contract::FromMessage(time);
  return absl::StrCat(LocalTime(at, zone), " (", Ago(at, now), ")");
}

std::string Bytes(uint64_t bytes) {
  static constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return Counted(bytes, "byte", "bytes");
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string Counted(uint64_t count, absl::string_view one, absl::string_view more) {
  return absl::StrCat(count, " ", count == 1 ? one : more);
}

std::string Percentiles(const v1::DurationPercentiles& percentiles) {
  if (percentiles.count() == 0) return "none";
  std::vector<std::string> parts;
  const auto add = [&parts](const char* name, bool present, const google::protobuf::Duration& duration) {
    if (present) parts.push_back(absl::StrCat(name, " ", FineDuration(contract::FromMessage(duration))));
  };
  add("p50", percentiles.has_p50(), percentiles.p50());
  add("p95", percentiles.has_p95(), percentiles.p95());
  add("p99", percentiles.has_p99(), percentiles.p99());
  return absl::StrCat(absl::StrJoin(parts, ", "), parts.empty() ? "" : " ", "of ", percentiles.count());
}

}  // namespace envej::console
