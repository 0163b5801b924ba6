#include "region-client/fhir/xml_form.h"

#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace envej::fhir {
namespace {

constexpr absl::string_view kNamespace = "http://hl7.org/fhir";
// What is escaped is read here, where what pugixml does not know is refused and not left as it is.
// A fragment may have text outside its elements, which it would otherwise drop.
constexpr unsigned kReading =
    (pugi::parse_default & ~pugi::parse_escapes) | pugi::parse_declaration | pugi::parse_doctype | pugi::parse_fragment;

// What XML 1.0 has no character for.
bool IsControl(uint32_t number) { return number < 0x20 && number != '\t' && number != '\n' && number != '\r'; }

// A character of XML 1.0 in UTF-8; empty if the number is none.
std::string Character(uint32_t number) {
  const bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
  if (IsControl(number) || is_surrogate || number > 0x10FFFF || number == 0xFFFE || number == 0xFFFF) return "";
  std::string text;
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (number < 0x80) {
    add(number);
  } else if (number < 0x800) {
    add(0xC0 | number >> 6);
  } else if (number < 0x10000) {
    add(0xE0 | number >> 12);
    add(0x80 | (number >> 6 & 0x3F));
  } else {
    add(0xF0 | number >> 18);
    add(0x80 | (number >> 12 & 0x3F));
    add(0x80 | (number >> 6 & 0x3F));
  }
  if (number >= 0x80) add(0x80 | (number & 0x3F));
  return text;
}

// What the reference "&name;" stands for; empty if it is none of XML's own.
std::string Referred(absl::string_view name) {
  if (name == "amp") return "&";
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "quot") return "\"";
  if (name == "apos") return "'";
  uint32_t number = 0;
  if (!absl::ConsumePrefix(&name, "#") || name.empty()) return "";
  if (absl::ConsumePrefix(&name, "x")) {
    const bool is_hex = !name.empty() && absl::ascii_isxdigit(static_cast<unsigned char>(name[0]));
    return is_hex && absl::SimpleHexAtoi(name, &number) ? Character(number) : "";
  }
  const bool is_decimal = absl::ascii_isdigit(static_cast<unsigned char>(name[0]));
  return is_decimal && absl::SimpleAtoi(name, &number) ? Character(number) : "";
}

std::optional<std::string> Unescaped(absl::string_view raw) {
  std::string text;
  while (true) {
    const size_t start = raw.find('&');
    absl::StrAppend(&text, raw.substr(0, start));
    if (start == absl::string_view::npos) return text;
    const size_t end = raw.find(';', start);
    if (end == absl::string_view::npos) return std::nullopt;
    const std::string referred = Referred(raw.substr(start + 1, end - start - 1));
    if (referred.empty()) return std::nullopt;
    absl::StrAppend(&text, referred);
    raw.remove_prefix(end + 1);
  }
}

bool IsResource(absl::string_view name) {
  return !name.empty() && absl::ascii_isupper(static_cast<unsigned char>(name[0]));
}

class Converter {
 public:
  const std::optional<Problem>& problem() const { return problem_; }

  Element Root(const pugi::xml_document& document) {
    pugi::xml_node root;
    for (const pugi::xml_node& node : document) {
      if (node.type() == pugi::node_declaration) {
        CheckDeclaration(node);
      } else if (node.type() != pugi::node_element) {
        Wrong(node, Issue::kStructure, "is a DOCTYPE, or text outside the resource");
      } else if (root) {
        Wrong(node, Issue::kStructure, "begins another resource");
      } else {
        root = node;
      }
    }
    Element element;
    if (problem_.has_value()) return element;
    if (!root) {
      problem_ = Problem{Issue::kStructure, "", "is not XML"};
      return element;
    }
    if (absl::string_view(root.attribute("xmlns").value()) != kNamespace) {
      Wrong(root, Issue::kStructure, "is not in the namespace of FHIR, without a prefix");
      return element;
    }
    element.name = root.name();
    Resource(root, element, 1);
    return element;
  }

 private:
  void CheckDeclaration(const pugi::xml_node& node) {
    const pugi::xml_attribute encoding = node.attribute("encoding");
    if (encoding && !absl::EqualsIgnoreCase(encoding.value(), "UTF-8")) {
      Wrong(node, Issue::kStructure, "declares another encoding than UTF-8");
    }
  }

  void Resource(const pugi::xml_node& node, Element& element, size_t depth) {
    for (const Element& child : element.children) {
      if (child.name == "resourceType") return Wrong(node, Issue::kStructure, "begins a second resource within one");
    }
    element.children.push_back({.name = "resourceType", .value = node.name(), .children = {}});
    Fill(node, element, depth);
  }

  void Fill(const pugi::xml_node& node, Element& element, size_t depth) {
    if (depth > kMessageDepth) {
      return Wrong(node, Issue::kTooLong, absl::StrCat("is deeper than ", kMessageDepth, " levels"));
    }
    Attributes(node, element);
    for (const pugi::xml_node& child : node) {
      if (problem_.has_value()) return;
      Child(child, element, depth);
    }
  }

  void Attributes(const pugi::xml_node& node, Element& element) {
    bool has_value = false;
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      const absl::string_view name = attribute.name();
      if (name == "xmlns" && absl::string_view(attribute.value()) != kNamespace) {
        return Wrong(node, Issue::kStructure, "is in another namespace than FHIR's");
      }
      if (name != "value" && name != "url") continue;
      const std::optional<std::string> text = Unescaped(attribute.value());
      if (!text.has_value()) return Wrong(node, Issue::kStructure, "refers to an entity that XML does not have");
      if (name == "url") {
        element.children.push_back({.name = "url", .value = *text, .children = {}});
      } else if (has_value) {
        return Wrong(node, Issue::kStructure, "has two values");
      } else {
        element.value = *text;
        has_value = true;
      }
    }
  }

  void Child(const pugi::xml_node& child, Element& element, size_t depth) {
    if (child.type() != pugi::node_element) {
      return Wrong(child, Issue::kStructure, "is text, where FHIR has elements");
    }
    const absl::string_view name = child.name();
    if (absl::StrContains(name, ':')) return Wrong(child, Issue::kStructure, "has a prefix");
    if (name == "div") return;  // the narrative, in HTML
    if (++elements_ > kMessageElements) {
      return Wrong(child, Issue::kTooLong, absl::StrCat("begins more than ", kMessageElements, " elements"));
    }
    if (IsResource(name)) return Resource(child, element, depth + 1);
    element.children.push_back({.name = std::string(name), .value = "", .children = {}});
    Fill(child, element.children.back(), depth + 1);
  }

  void Wrong(const pugi::xml_node& node, Issue issue, absl::string_view text) {
    if (problem_.has_value()) return;
    problem_ = Problem{issue, absl::StrCat("byte ", node.offset_debug() + 1), std::string(text)};
  }

  size_t elements_ = 0;
  std::optional<Problem> problem_;
};

}  // namespace

std::variant<Element, Problem> ReadXml(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsControl(static_cast<unsigned char>(text[i]))) {
      return Problem{Issue::kStructure, absl::StrCat("byte ", i + 1), "is a control character"};
    }
  }
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(text.data(), text.size(), kReading, pugi::encoding_utf8);
  if (!result) return Problem{Issue::kStructure, absl::StrCat("byte ", result.offset + 1), "is not XML"};
  Converter converter;
  Element root = converter.Root(document);
  if (converter.problem().has_value()) return *converter.problem();
  return root;
}

}  // namespace envej::fhir
