#ifndef ENVEJ_REGION_CLIENT_FHIR_ACTIVITY_H_
#define ENVEJ_REGION_CLIENT_FHIR_ACTIVITY_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/strings/string_view.h"
#include "region-client/fhir/message.h"
#include "region-client/ward/event.h"

namespace envej::fhir {

// Why MedCom's message was sent: of its activity codes, those that a HospitalNotification has.
struct Activity {
  enum class Change : uint8_t { kNew, kRevised, kCancelled };
  enum class Subject : uint8_t { kAdmission, kLeave, kDischarge };

  Change change = Change::kNew;
  Subject subject = Subject::kAdmission;

  bool operator==(const Activity&) const = default;
};

// Nothing if a HospitalNotification has no such activity.
std::optional<Activity> ParseActivity(absl::string_view code);

// What an Encounter of that status tells. `deceased` is what the Patient says of it, if anything.
using Happening = std::variant<std::monostate, NoConcern, ward::EventKind>;
// In MedCom's message; monostate where status and activity contradict each other. A death is told with the status
// "finished" and the activity of the message before; that it was none, with the status of then. With whatever status
// and activity it comes, a death is told.
Happening WhatMedcomTells(const Activity& activity, absl::string_view status, std::optional<bool> deceased);
// Without an activity; monostate where the status says nothing. A stay that goes on and has an end is one whose
// discharge is planned. A death is told also with a status of no concern.
Happening WhatStatusTells(absl::string_view status, bool has_end, std::optional<bool> deceased);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_ACTIVITY_H_
