#include "region-client/hl7/problem.h"

#include "absl/strings/str_cat.h"

namespace envej::hl7 {

std::string ToText(const Place& place) {
  if (place.segment.empty()) return "the message";
  std::string text = place.segment;
  if (place.occurrence > 1) absl::StrAppend(&text, "[", place.occurrence, "]");
  if (place.field > 0) absl::StrAppend(&text, "-", place.field);
  if (place.repetition > 1) absl::StrAppend(&text, "[", place.repetition, "]");
  if (place.component > 0) absl::StrAppend(&text, ".", place.component);
  if (place.subcomponent > 0) absl::StrAppend(&text, ".", place.subcomponent);
  return text;
}

}  // namespace envej::hl7
