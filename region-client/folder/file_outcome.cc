#include "region-client/folder/file_outcome.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace envej::region {

namespace {

std::string ToText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

}  // namespace

std::string ToJson(const FileOutcome& outcome, absl::Time now, std::optional<absl::Time> wiped_at) {
  nlohmann::ordered_json json = {
      {"at", ToText(now)},
      {"taken", outcome.taken},
      {"repeated", outcome.repeated},
      {"nothing_follows", nlohmann::ordered_json::object()},
      {"refused", outcome.refused.size()},
      {"reasons", nlohmann::ordered_json::array()},
  };
  if (wiped_at.has_value()) json["wiped_at"] = ToText(*wiped_at);
  for (const auto& [reason, count] : outcome.nothing) json["nothing_follows"][reason] = count;
  const size_t shown = std::min(outcome.refused.size(), kRefusedShown);
  for (size_t index = 0; index < shown; ++index) {
    const RefusedItem& refused = outcome.refused[index];
    nlohmann::ordered_json entry = {{"reason", refused.problem.reason}, {"text", refused.problem.text}};
    if (refused.place > 0) entry["place"] = refused.place;
    json["reasons"].push_back(std::move(entry));
  }
  return absl::StrCat(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), "\n");
}

}  // namespace envej::region
