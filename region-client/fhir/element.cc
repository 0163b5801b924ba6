#include "region-client/fhir/element.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/contract/text_rules.h"
#include "region-client/fhir/json_form.h"
#include "region-client/fhir/xml_form.h"
#include "region-client/ward/event.h"

namespace envej::fhir {

std::variant<Element, Problem> ReadElements(absl::string_view bytes, Form form) {
  if (bytes.size() > kMessageBytes) {
    return Problem{Issue::kTooLong, "", absl::StrCat("is longer than ", kMessageBytes, " bytes")};
  }
  absl::ConsumePrefix(&bytes, "\xEF\xBB\xBF");
  if (!contract::CountCharacters(bytes).has_value()) return Problem{Issue::kStructure, "", "is not UTF-8"};
  // Both readers take a NUL for the text's end.
  if (const size_t nul = bytes.find('\0'); nul != absl::string_view::npos) {
    return Problem{Issue::kStructure, absl::StrCat("byte ", nul + 1), "is NUL"};
  }
  return form == Form::kJson ? ReadJson(bytes) : ReadXml(bytes);
}

Place::Place(const Element& root, std::optional<Problem>& first) : Place(&root, root.name, &first) {}

Place Place::Absent(absl::string_view name) const { return Place(nullptr, absl::StrCat(path_, ".", name), first_); }

Place Place::Only(absl::string_view name) const {
  const Element* only = nullptr;
  Place place = Absent(name);
  if (element_ == nullptr) return place;
  for (const Element& child : element_->children) {
    if (child.name != name) continue;
    if (only != nullptr) {
      place.Wrong(Issue::kValue, "is given more than once");
      return place;
    }
    only = &child;
  }
  place.element_ = only;
  return place;
}

std::vector<Place> Place::All(absl::string_view name) const {
  std::vector<Place> places;
  if (element_ == nullptr) return places;
  for (const Element& child : element_->children) {
    if (child.name != name) continue;
    if (places.size() == kRepetitions) {
      Absent(name).Wrong(Issue::kTooLong, absl::StrCat("is there more than ", kRepetitions, " times"));
      return places;
    }
    places.push_back(Place(&child, absl::StrCat(path_, ".", name, "[", places.size(), "]"), first_));
  }
  return places;
}

Place Place::Required(absl::string_view name) const {
  Place place = Only(name);
  if (!place) place.Wrong(Issue::kRequired, "is missing");
  return place;
}

absl::string_view Place::Value() const {
  return element_ == nullptr ? absl::string_view() : absl::string_view(element_->value);
}

std::string Place::Text(absl::string_view name) const { return std::string(Only(name).Value()); }

std::optional<bool> Place::Boolean(absl::string_view name) const {
  const Place place = Only(name);
  if (place.Value() == "true") return true;
  if (place.Value() == "false") return false;
  if (place) place.Wrong(Issue::kValue, "is neither true nor false");
  return std::nullopt;
}

std::optional<Moment> Place::DateTime(absl::string_view name) const {
  const Place place = Only(name);
  if (!place) return std::nullopt;
  const std::optional<Moment> moment = ParseMoment(place.Value());
  if (!moment.has_value()) place.Wrong(Issue::kValue, "is no date, and no time with its seconds and its zone");
  return moment;
}

std::optional<absl::Time> Place::PastTime(absl::string_view name, absl::Time now) const {
  const std::optional<Moment> moment = DateTime(name);
  if (!moment.has_value() || !moment->time.has_value()) return std::nullopt;
  if (*moment->time > now + ward::kRecordedAheadMost) Only(name).Wrong(Issue::kValue, "is more than an hour ahead");
  return moment->time;
}

void Place::Wrong(Issue issue, absl::string_view text) const {
  if (!first_->has_value()) *first_ = Problem{issue, path_, std::string(text)};
}

}  // namespace envej::fhir
