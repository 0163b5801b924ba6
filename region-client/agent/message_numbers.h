#ifndef ENVEJ_REGION_CLIENT_AGENT_MESSAGE_NUMBERS_H_
#define ENVEJ_REGION_CLIENT_AGENT_MESSAGE_NUMBERS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "envej/ward/v1/case.pb.h"
#include "region-client/agent/case_work.h"
#include "region-client/ward/event.h"
#include "region-client/ward/site.h"

namespace envej::region {

// By which the site identifies, of one event.
inline constexpr size_t kEventNumbersMost = 16;

// All by which the site identifies, in their order: they are of one patient.
std::vector<ward::v1::PatientId> Identifying(const std::vector<ward::PatientId>& ids, const ward::Site& site);

// Adds the patients of an event. INVALID_ARGUMENT where it has no number that identifies its patient, or too many, or
// is a merge that does not say which number is no more; the text names no citizen.
absl::Status AddSubjects(const ward::Event& event, const ward::Site& site, WorkSubjects& subjects);

// So that the case can be erased whole: all that finds it stands in it.
void KeepNumber(const ward::v1::PatientId& patient, ward::v1::Case& known);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_MESSAGE_NUMBERS_H_
