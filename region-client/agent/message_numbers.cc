#include "region-client/agent/message_numbers.h"

#include <algorithm>
#include <optional>

#include "region-client/ward/joining.h"

namespace envej::region {
namespace {

using ward::v1::Case;
using ward::v1::PatientId;

PatientId ToMessage(const ward::PatientId& patient) {
  PatientId message;
  message.set_authority(patient.authority);
  message.set_value(patient.value);
  return message;
}

bool IsSame(const PatientId& left, const PatientId& right) {
  return left.authority() == right.authority() && left.value() == right.value();
}

}  // namespace

std::vector<PatientId> Identifying(const std::vector<ward::PatientId>& ids, const ward::Site& site) {
  std::vector<PatientId> numbers;
  for (const ward::PatientId& id : ids) {
    const std::optional<ward::PatientId> number = ward::Identify({id}, site);
    if (number.has_value()) numbers.push_back(ToMessage(*number));
  }
  return numbers;
}

absl::Status AddSubjects(const ward::Event& event, const ward::Site& site, WorkSubjects& subjects) {
  const std::vector<PatientId> numbers = Identifying(event.patient, site);
  const std::vector<PatientId> merged = Identifying(event.merged, site);
  if (numbers.empty()) {
    return absl::InvalidArgumentError("the message has no number of its patient from the authority that identifies");
  }
  if (event.kind == ward::EventKind::kMerged && merged.empty()) {
    return absl::InvalidArgumentError("the merge does not say which number is no more");
  }
  if (numbers.size() + merged.size() > kEventNumbersMost) {
    return absl::InvalidArgumentError("the message has too many numbers of its patient");
  }
  subjects.patients.insert(subjects.patients.end(), numbers.begin(), numbers.end());
  subjects.patients.insert(subjects.patients.end(), merged.begin(), merged.end());
  return absl::OkStatus();
}

void KeepNumber(const PatientId& patient, Case& known) {
  const auto& ids = known.patient_ids();
  const auto is_it = [&](const PatientId& each) { return IsSame(each, patient); };
  if (std::none_of(ids.begin(), ids.end(), is_it)) *known.add_patient_ids() = patient;
}

}  // namespace envej::region
