#include "region-client/fhir/bundle.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace envej::fhir {
namespace {

// "Patient/1" of "https://ward.example/fhir/Patient/1"; what has fewer parts stays as it is.
absl::string_view TypeAndId(absl::string_view reference) {
  const size_t id = reference.rfind('/');
  if (id == absl::string_view::npos || id == 0) return reference;
  const size_t type = reference.rfind('/', id - 1);
  return type == absl::string_view::npos ? reference : reference.substr(type + 1);
}

bool IsAbsolute(absl::string_view reference) { return absl::StrContains(reference, ':'); }

bool Names(absl::string_view reference, absl::string_view full_url, absl::string_view type_and_id) {
  reference = reference.substr(0, reference.find("/_history/"));
  if (reference.empty()) return false;
  if (reference == full_url) return true;
  // Two servers may give the same id.
  if (IsAbsolute(reference) && IsAbsolute(full_url)) return false;
  return TypeAndId(reference) == type_and_id;
}

}  // namespace

Bundle::Bundle(const Place& root) : root_(root), header_(root.Absent("entry[0].resource")) {
  if (const Place type = root.Required("type"); type.Value() != "message") {
    type.Wrong(Issue::kNotSupported, "is not message");
  }
  for (const Place& entry : root.All("entry")) {
    const Place resource = entry.Required("resource");
    const Place type = resource.Required("resourceType");
    const std::string id = resource.Text("id");
    entries_.push_back({.full_url = entry.Text("fullUrl"),
                        .type_and_id = id.empty() ? "" : absl::StrCat(type.Value(), "/", id),
                        .resource = resource});
  }
  if (!entries_.empty() && entries_[0].resource.Text("resourceType") == "MessageHeader") {
    header_ = entries_[0].resource;
  } else {
    header_.Wrong(Issue::kRequired, "is no MessageHeader");
  }
}

std::vector<Place> Bundle::OfType(absl::string_view type) const {
  std::vector<Place> resources;
  for (const Entry& entry : entries_) {
    if (entry.resource.Only("resourceType").Value() == type) resources.push_back(entry.resource);
  }
  return resources;
}

Place Bundle::Follow(const Place& resource, const Place& reference) const {
  const Place target = reference.Only("reference");
  if (!target) return target;
  const std::vector<Place> found = Found(resource, reference);
  if (found.size() == 1) return found[0];
  if (found.empty()) target.Wrong(Issue::kNotFound, "leads to no resource of the message");
  target.Wrong(Issue::kValue, "leads to more than one resource");
  return reference.Absent("reference");
}

Place Bundle::Find(const Place& resource, const Place& reference) const {
  const std::vector<Place> found = Found(resource, reference);
  return found.size() == 1 ? found[0] : reference.Absent("reference");
}

std::vector<Place> Bundle::Found(const Place& resource, const Place& reference) const {
  const std::string text = reference.Text("reference");
  std::vector<Place> found;
  absl::string_view contained_id = text;
  if (absl::ConsumePrefix(&contained_id, "#")) {
    for (const Place& contained : resource.All("contained")) {
      if (!contained_id.empty() && contained.Text("id") == contained_id) found.push_back(contained);
    }
    return found;
  }
  for (const Entry& entry : entries_) {
    if (Names(text, entry.full_url, entry.type_and_id)) found.push_back(entry.resource);
  }
  return found;
}

}  // namespace envej::fhir
