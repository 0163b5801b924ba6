#ifndef ENVEJ_REGION_CLIENT_FHIR_BUNDLE_H_
#define ENVEJ_REGION_CLIENT_FHIR_BUNDLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "region-client/fhir/element.h"

namespace envej::fhir {

// The resources of a message (http://hl7.org/fhir/R4/messaging.html), as places within the root that it is made of.
class Bundle {
 public:
  // What is wrong is noted at the places, so where the root notes it: no Bundle of type message, or one whose first
  // entry is no MessageHeader. What can be read all the same is there.
  explicit Bundle(const Place& root);

  const Place& root() const { return root_; }
  // Absent where the first entry is none.
  const Place& header() const { return header_; }
  // All resources of that type, in order.
  std::vector<Place> OfType(absl::string_view type) const;

  // The resource that a Reference within `resource` leads to: by the full URL of an entry, by type and id, or among
  // what `resource` contains ("#id"). Absent if there is no reference; wrong if it leads nowhere, or to two. It is one
  // step: what it leads to is not followed.
  Place Follow(const Place& resource, const Place& reference) const;
  // The same where nobody minds that it leads nowhere.
  Place Find(const Place& resource, const Place& reference) const;

 private:
  struct Entry {
    std::string full_url;
    std::string type_and_id;  // "Patient/1"; empty where the resource says no id
    Place resource;
  };

  std::vector<Place> Found(const Place& resource, const Place& reference) const;

  Place root_;
  Place header_;
  std::vector<Entry> entries_;
};

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_BUNDLE_H_
