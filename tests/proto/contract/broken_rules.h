#ifndef ENVEJ_TESTS_PROTO_CONTRACT_BROKEN_RULES_H_
#define ENVEJ_TESTS_PROTO_CONTRACT_BROKEN_RULES_H_

#include <optional>
#include <vector>

#include "proto/contract/day.h"
#include "proto/contract/notice_rules.h"
#include "tests/support/refusals.h"

namespace envej::contract {

inline absl::TimeZone Copenhagen() { return CopenhagenTimeZone().value(); }

inline Moment Now() { return Moment::At(support::kJudgedAt, Copenhagen()); }

inline Moment NoonOn(absl::CivilDay day) {
  return Moment::At(absl::FromCivil(absl::CivilHour(day) + 12, Copenhagen()), Copenhagen());
}

// Which rules a new notice breaks at a moment, in order.
inline std::vector<Reason> BrokenRules(const Notice& notice, const Moment& moment) {
  std::vector<Reason> broken;
  const std::optional<Rejection> rejection = CheckNotice(notice, moment).ForNew();
  if (!rejection.has_value()) return broken;
  for (const Violation& violation : rejection->violations) broken.push_back(violation.reason);
  return broken;
}

// The same of a good notice after a change of it.
template <typename Change>
std::vector<Reason> BrokenAfter(Change change, const Moment& moment = Now()) {
  Notice notice = support::GoodNotice();
  change(notice);
  return BrokenRules(notice, moment);
}

}  // namespace envej::contract

#endif  // ENVEJ_TESTS_PROTO_CONTRACT_BROKEN_RULES_H_
