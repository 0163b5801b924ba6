#ifndef ENVEJ_REGION_CLIENT_FHIR_ELEMENT_H_
#define ENVEJ_REGION_CLIENT_FHIR_ELEMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/fhir/problem.h"
#include "region-client/fhir/times.h"

namespace envej::fhir {

// The two forms that FHIR messages come in (http://hl7.org/fhir/R4/formats.html).
enum class Form : uint8_t { kJson = 1, kXml = 2 };

// The bounds of a message.
inline constexpr size_t kMessageBytes = 1 << 20;
inline constexpr size_t kMessageDepth = 64;
inline constexpr size_t kMessageElements = 20'000;
inline constexpr size_t kRepetitions = 200;  // of anything that is read
inline constexpr size_t kEncounters = 64;    // that a message tells of

// An element as either form says it. What repeats is several children of one name, in order; a resource has its type as
// its child "resourceType". Dropped are the narrative of XML, ids of elements, and extensions of primitive values.
struct Element {
  std::string name;
  std::string value;  // of a primitive, as written there; empty otherwise
  std::vector<Element> children;

  bool operator==(const Element&) const = default;
};

// A resource, or what is wrong with the text: UTF-8 alone, within the bounds, each element said once. XML has no
// DOCTYPE, no entities but XML's own five, and nothing outside the namespace of FHIR but the narrative.
std::variant<Element, Problem> ReadElements(absl::string_view bytes, Form form);

// An element, or the place where there is none: all that is read below such a place is absent. The first thing that is
// wrong anywhere stays in `first`, which outlives every place; so does the root.
class Place {
 public:
  Place(const Element& root, std::optional<Problem>& first);

  explicit operator bool() const { return element_ != nullptr; }
  const Element* element() const { return element_; }
  const std::string& path() const { return path_; }

  // The place of a child that is not there.
  Place Absent(absl::string_view name) const;
  // Absent also if it is there more than once, which is wrong.
  Place Only(absl::string_view name) const;
  // In order; more than kRepetitions are wrong, and left out.
  std::vector<Place> All(absl::string_view name) const;
  // As `Only`; what is not there is wrong.
  Place Required(absl::string_view name) const;

  // The value of this element; empty if there is none.
  absl::string_view Value() const;
  // The value of the child of that name; empty if it is absent.
  std::string Text(absl::string_view name) const;
  // The same; nothing where it is absent, or wrong.
  std::optional<bool> Boolean(absl::string_view name) const;
  std::optional<Moment> DateTime(absl::string_view name) const;
  // The time that it says; nothing where it says none. One that is ahead (ward::kRecordedAheadMost) is wrong.
  std::optional<absl::Time> PastTime(absl::string_view name, absl::Time now) const;

  // Notes that this element, which may be absent, is wrong; nothing if something was before.
  void Wrong(Issue issue, absl::string_view text) const;

 private:
  Place(const Element* element, std::string path, std::optional<Problem>* first)
      : element_(element), path_(std::move(path)), first_(first) {}

  const Element* element_;
  std::string path_;
  std::optional<Problem>* first_;
};

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_ELEMENT_H_
