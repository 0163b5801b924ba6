#include "region-client/fhir/provenance.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace envej::fhir {
namespace {

std::optional<Activity> ReadActivity(const Place& provenance) {
  const Place activity = provenance.Required("activity");
  for (const Place& coding : activity.All("coding")) {
    if (const auto known = ParseActivity(coding.Text("code")); known.has_value()) return known;
  }
  activity.Wrong(Issue::kValue, "has no code of a hospital notification");
  return std::nullopt;
}

std::optional<Provenance> Read(const Place& place, absl::Time now) {
  const std::optional<Activity> activity = ReadActivity(place);
  if (!activity.has_value()) return std::nullopt;
  return Provenance{.activity = *activity,
                    .occurred_at = place.PastTime("occurredDateTime", now),
                    .recorded_at = place.PastTime("recorded", now)};
}

bool IsOfThisMessage(const Bundle& bundle, const Place& provenance) {
  const std::vector<Place> targets = provenance.All("target");
  return std::any_of(targets.begin(), targets.end(), [&](const Place& target) {
    return bundle.Find(provenance, target).element() == bundle.header().element();
  });
}

std::optional<absl::Time> When(const Provenance& provenance) {
  return provenance.occurred_at.has_value() ? provenance.occurred_at : provenance.recorded_at;
}

}  // namespace

std::optional<Provenance> ReadProvenance(const Bundle& bundle, absl::Time now) {
  const std::vector<Place> all = bundle.OfType("Provenance");
  if (all.empty()) bundle.root().Absent("entry").Wrong(Issue::kRequired, "holds no Provenance");
  std::vector<Place> own;
  for (const Place& place : all) {
    if (IsOfThisMessage(bundle, place)) own.push_back(place);
  }
  std::optional<Provenance> newest;
  for (const Place& place : own.empty() ? all : own) {
    std::optional<Provenance> read = Read(place, now);
    if (!read.has_value()) return std::nullopt;
    if (newest.has_value() && When(*read) == When(*newest) && !(read->activity == newest->activity)) {
      place.Wrong(Issue::kValue, "is as new as another of another activity");
      return std::nullopt;
    }
    if (!newest.has_value() || When(*read) > When(*newest)) newest = std::move(read);
  }
  return newest;
}

}  // namespace envej::fhir
