#include "municipality-client/successions.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/contract/day.h"
#include "proto/contract/text_rules.h"

namespace envej::municipality_client {

absl::StatusOr<Successions> Successions::Read(const std::vector<std::string>& texts, absl::TimeZone copenhagen) {
  if (texts.size() > kSuccessionsMost) {
    return absl::InvalidArgumentError(absl::StrCat("may be given ", kSuccessionsMost, " times at most"));
  }
  Successions successions;
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = absl::StrSplit(text, ':');
    const std::optional<absl::CivilDay> day = parts.size() == 3 ? contract::ParseDay(parts[2]) : std::nullopt;
    if (!day.has_value() || !contract::IsCode(parts[0]) || !contract::IsCode(parts[1]) || parts[0] == parts[1]) {
      return absl::InvalidArgumentError(
          "is the code of a region, that of the one it succeeds, and the day from which, such as 1086:1084:2027-01-01");
    }
    if (!successions.from_.try_emplace({parts[0], parts[1]}, absl::FromCivil(*day, copenhagen)).second) {
      return absl::InvalidArgumentError(absl::StrCat(parts[0], " succeeds ", parts[1], " twice"));
    }
  }
  return successions;
}

bool Successions::HasSucceeded(absl::string_view region, absl::string_view other, absl::Time at) const {
  const auto found = from_.find({std::string(region), std::string(other)});
  return found != from_.end() && found->second <= at;
}

}  // namespace envej::municipality_client
