#include "region-client/fhir/xml_writer.h"

#include <pugixml.hpp>

namespace envej::fhir {
namespace {

using Json = nlohmann::ordered_json;

class StringWriter : public pugi::xml_writer {
 public:
  void write(const void* data, size_t size) override { text_.append(static_cast<const char*>(data), size); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void AppendMembers(pugi::xml_node node, const Json& object, bool is_extension);

// The element of a resource, which its type names.
pugi::xml_node AppendResource(pugi::xml_node parent, const Json& resource) {
  pugi::xml_node node = parent.append_child(resource["resourceType"].get<std::string>().c_str());
  AppendMembers(node, resource, false);
  return node;
}

void AppendElement(pugi::xml_node parent, const std::string& name, const Json& value) {
  if (value.is_array()) {
    for (const Json& item : value) AppendElement(parent, name, item);
  } else if (name == "div") {
    const std::string& html = value.get_ref<const std::string&>();
    parent.append_buffer(html.data(), html.size(), pugi::parse_default, pugi::encoding_utf8);
  } else if (value.contains("resourceType")) {
    AppendResource(parent.append_child(name.c_str()), value);
  } else if (value.is_object()) {
    AppendMembers(parent.append_child(name.c_str()), value, name == "extension");
  } else {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    parent.append_child(name.c_str()).append_attribute("value") = text.c_str();
  }
}

void AppendMembers(pugi::xml_node node, const Json& object, bool is_extension) {
  for (const auto& [name, value] : object.items()) {
    if (name == "resourceType") continue;
    if (is_extension && name == "url") {
      node.append_attribute("url") = value.get<std::string>().c_str();
    } else {
      AppendElement(node, name, value);
    }
  }
}

}  // namespace

std::string WriteXml(const Json& resource) {
  pugi::xml_document document;
  AppendResource(document, resource).prepend_attribute("xmlns") = "http://hl7.org/fhir";
  StringWriter writer;
  document.save(writer, "", pugi::format_raw, pugi::encoding_utf8);
  return writer.Take();
}

}  // namespace envej::fhir
