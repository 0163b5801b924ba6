#include "region-client/fhir/activity.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

struct SubjectCode {
  absl::string_view code;
  Activity::Subject subject;
};

constexpr SubjectCode kSubjects[] = {{"admit-inpatient", Activity::Subject::kAdmission},
                                     {"admit-emergency", Activity::Subject::kAdmission},
                                     {"start-leave-inpatient", Activity::Subject::kLeave},
                                     {"end-leave-inpatient", Activity::Subject::kLeave},
                                     {"discharge-inpatient-home", Activity::Subject::kDischarge},
                                     {"discharge-emergency-home", Activity::Subject::kDischarge}};

bool NeverWas(absl::string_view status) { return status == "cancelled" || status == "entered-in-error"; }
bool HasNotBegun(absl::string_view status) { return status == "planned" || status == "arrived" || status == "triaged"; }
bool GoesOn(absl::string_view status) { return status == "in-progress" || status == "onleave"; }

Happening WhatGoingOnTells(const Activity& activity, std::optional<bool> deceased) {
  const bool is_cancelled = activity.change == Activity::Change::kCancelled;
  switch (activity.subject) {
    case Activity::Subject::kAdmission:
      if (is_cancelled) return std::monostate();
      return activity.change == Activity::Change::kNew ? EventKind::kAdmitted : EventKind::kUpdated;
    case Activity::Subject::kLeave:
      if (deceased.has_value()) return EventKind::kUpdated;  // also that it was none
      return NoConcern::kLeave;
    case Activity::Subject::kDischarge:
      if (!is_cancelled) return std::monostate();
      return EventKind::kDischargeCancelled;
  }
  return std::monostate();
}

Happening WhatMessageTells(const Activity& activity, absl::string_view status, std::optional<bool> deceased) {
  if (NeverWas(status)) return EventKind::kEnteredInError;
  if (HasNotBegun(status)) return NoConcern::kNoStayYet;
  if (GoesOn(status)) return WhatGoingOnTells(activity, deceased);
  if (status != "finished") return std::monostate();
  const bool is_discharge =
      activity.subject == Activity::Subject::kDischarge && activity.change != Activity::Change::kCancelled;
  if (is_discharge) return EventKind::kDischarged;
  return std::monostate();
}

Happening WhatStayTells(absl::string_view status, bool has_end) {
  if (NeverWas(status)) return EventKind::kEnteredInError;
  if (HasNotBegun(status)) return NoConcern::kNoStayYet;
  if (status == "finished") return EventKind::kDischarged;
  if (!GoesOn(status)) return std::monostate();
  if (has_end) return EventKind::kDischargePlanned;
  if (status == "onleave") return NoConcern::kLeave;
  return EventKind::kAdmitted;
}

// Of a death nothing is of no concern.
Happening OrDeath(const Happening& happening, std::optional<bool> deceased) {
  const bool is_event = std::holds_alternative<EventKind>(happening);
  return deceased == true && !is_event ? Happening(EventKind::kUpdated) : happening;
}

}  // namespace

std::optional<Activity> ParseActivity(absl::string_view code) {
  // MedCom's code system does not tell upper case from lower.
  const std::string lower = absl::AsciiStrToLower(code);
  absl::string_view rest = lower;
  Activity activity;
  if (absl::ConsumePrefix(&rest, "revise-")) {
    activity.change = Activity::Change::kRevised;
  } else if (absl::ConsumePrefix(&rest, "cancel-")) {
    activity.change = Activity::Change::kCancelled;
  }
  const auto* known = std::find_if(std::begin(kSubjects), std::end(kSubjects),
                                   [&](const SubjectCode& row) { return row.code == rest; });
  if (known == std::end(kSubjects)) return std::nullopt;
  activity.subject = known->subject;
  return activity;
}

Happening WhatMedcomTells(const Activity& activity, absl::string_view status, std::optional<bool> deceased) {
  return OrDeath(WhatMessageTells(activity, status, deceased), deceased);
}

Happening WhatStatusTells(absl::string_view status, bool has_end, std::optional<bool> deceased) {
  return OrDeath(WhatStayTells(status, has_end), deceased);
}

}  // namespace envej::fhir
