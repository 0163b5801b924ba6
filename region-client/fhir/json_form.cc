#include "region-client/fhir/json_form.h"

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace envej::fhir {
namespace {

// The bytes of a text, which tell how far they were read.
class CountedBytes {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountedBytes(const char* at, size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  CountedBytes& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  CountedBytes operator++(int) {
    CountedBytes before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountedBytes& other) const { return at_ == other.at_; }
  bool operator!=(const CountedBytes& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  size_t* read_;
};

// Makes elements of what nlohmann's reader tells of the text, which it reads without recursion.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const size_t& read) : read_(read) {}

  Element TakeRoot() { return std::move(root_); }
  const std::optional<Problem>& problem() const { return problem_; }

  bool null() override { return AtRoot() ? Structure("no object") : true; }  // as if absent
  bool boolean(bool value) override { return Primitive(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return Primitive(absl::StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Primitive(absl::StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Primitive(text); }
  bool string(string_t& text) override { return Primitive(std::move(text)); }
  bool binary(binary_t&) override { return Structure("is not JSON"); }

  bool start_object(size_t) override {
    if (!AtRoot() && !Add("")) return false;
    if (levels_.size() >= kMessageDepth) return TooDeep();
    Element* const element = AtRoot() ? &root_ : &Current()->children.back();
    levels_.push_back({.element = element});
    return true;
  }
  bool key(string_t& name) override {
    Level& level = levels_.back();
    if (!level.names.insert(name).second) return Structure("names a member that its object has already");
    level.name = std::move(name);
    return true;
  }
  bool end_object() override {
    levels_.pop_back();
    return true;
  }
  bool start_array(size_t) override {
    if (AtRoot()) return Structure("begins no object");
    if (levels_.back().in_array) return Structure("begins an array within an array");
    levels_.back().in_array = true;
    return true;
  }
  bool end_array() override {
    levels_.back().in_array = false;
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
    if (!problem_.has_value()) problem_ = Problem{Issue::kStructure, absl::StrCat("byte ", position), "is not JSON"};
    return false;
  }

 private:
  struct Level {
    Element* element = nullptr;  // stays where it is: its siblings come when it is whole
    std::string name = {};       // of the member being read
    bool in_array = false;
    std::set<std::string> names = {};
  };

  bool AtRoot() const { return levels_.empty(); }
  Element* Current() { return levels_.back().element; }

  bool Primitive(std::string value) {
    if (AtRoot()) return Structure("begins no object");
    return Add(std::move(value));
  }
  bool Add(std::string value) {
    if (++elements_ > kMessageElements) {
      return Fail(Issue::kTooLong, absl::StrCat("begins more than ", kMessageElements, " elements"));
    }
    Current()->children.push_back({.name = levels_.back().name, .value = std::move(value), .children = {}});
    return true;
  }
  bool TooDeep() { return Fail(Issue::kTooLong, absl::StrCat("is deeper than ", kMessageDepth, " levels")); }
  bool Structure(absl::string_view text) { return Fail(Issue::kStructure, text); }
  bool Fail(Issue issue, absl::string_view text) {
    problem_ = Problem{issue, absl::StrCat("byte ", read_), std::string(text)};
    return false;
  }

  const size_t& read_;
  Element root_;
  std::vector<Level> levels_;
  size_t elements_ = 0;
  std::optional<Problem> problem_;
};

}  // namespace

std::variant<Element, Problem> ReadJson(absl::string_view text) {
  size_t read = 0;
  Builder builder(read);
  const CountedBytes first(text.data(), &read);
  const CountedBytes last(text.data() + text.size(), &read);
  const bool whole = nlohmann::json::sax_parse(first, last, &builder);
  if (builder.problem().has_value()) return *builder.problem();
  if (!whole) return Problem{Issue::kStructure, "", "is not JSON"};
  Element root = builder.TakeRoot();
  for (const Element& child : root.children) {
    if (child.name == "resourceType") root.name = child.value;
  }
  return root;
}

}  // namespace envej::fhir
