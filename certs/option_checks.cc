#include "certs/option_checks.h"

#include "proto/contract/notice_id.h"
#include "proto/contract/text_rules.h"

namespace envej::certs {
namespace {

constexpr absl::Duration kDeadlineLeast = absl::Seconds(1);
constexpr absl::Duration kDeadlineMost = absl::Hours(24);

bool IsDurationBetween(const std::string& text, absl::Duration least, absl::Duration most) {
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) && duration >= least && duration <= most;
}

}  // namespace

std::string CheckMunicipalityCode(const std::string& text) {
  return contract::IsCode(text) ? "" : "a municipality's code has four digits, such as 0101";
}

std::string CheckRegionCode(const std::string& text) {
  return contract::IsCode(text) ? "" : "a region's code has four digits, such as 1081";
}

std::string CheckNoticeId(const std::string& text) {
  return contract::NoticeId::Parse(text).has_value() ? "" : "a notice id is a random UUID in lower case";
}

std::string CheckDeadline(const std::string& text) {
  return IsDurationBetween(text, kDeadlineLeast, kDeadlineMost) ? "" : "a duration from 1s to 24h, such as 90s or 5m";
}

CLI::Validator DurationBetween(absl::Duration least, absl::Duration most) {
  return CLI::Validator(
      [least, most](std::string& text) {
        if (IsDurationBetween(text, least, most)) return std::string();
        return absl::StrCat("a duration such as 90s or 5m is needed, from ", absl::FormatDuration(least), " to ",
                            absl::FormatDuration(most));
      },
      "DURATION");
}

}  // namespace envej::certs
