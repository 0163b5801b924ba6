#ifndef ENVEJ_REGION_CLIENT_FHIR_PROVENANCE_H_
#define ENVEJ_REGION_CLIENT_FHIR_PROVENANCE_H_

#include <optional>

#include "absl/time/time.h"
#include "region-client/fhir/activity.h"
#include "region-client/fhir/bundle.h"

namespace envej::fhir {

// Why and when MedCom's message was sent.
struct Provenance {
  Activity activity;
  std::optional<absl::Time> occurred_at;
  std::optional<absl::Time> recorded_at;
};

// The message's own Provenance: it says those of the messages before too. It is the newest of those whose target is the
// message's header; where none is, as some systems have it, the newest of all. Wrong, and then nothing, where there is
// none, where its activity is no hospital notification's, where it is of after `now` (Place::PastTime), and where two
// are newest that differ in it.
std::optional<Provenance> ReadProvenance(const Bundle& bundle, absl::Time now);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_PROVENANCE_H_
