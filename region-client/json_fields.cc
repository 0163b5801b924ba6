#include "region-client/json_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

using Json = nlohmann::ordered_json;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string Join(absl::string_view path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

const FieldDescriptor* FindField(const Descriptor& message, const std::string& name) {
  if (const FieldDescriptor* field = message.FindFieldByName(name)) return field;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == name) return message.field(i);
  }
  return nullptr;
}

// Finds the first object within the text that names a member twice: the reader keeps only the last.
class RepeatedMembers {
 public:
  explicit RepeatedMembers(const Descriptor& message) : message_(message) {}

  bool operator()(int, nlohmann::detail::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) objects_.push_back(Inner());
    if (event == Json::parse_event_t::object_end) objects_.pop_back();
    if (event == Json::parse_event_t::key) Key(parsed.get<std::string>());
    return true;
  }
  const std::optional<FieldProblem>& found() const { return found_; }

 private:
  struct Object {
    const Descriptor* message = nullptr;  // null within an unknown member
    std::string path;
    const FieldDescriptor* field = nullptr;  // the member being read; null if unknown
    std::set<std::string> names = {};
  };

  Object Inner() const {
    if (objects_.empty()) return {.message = &message_, .path = ""};
    const Object& outer = objects_.back();
    if (outer.field == nullptr) return {.message = nullptr, .path = outer.path};
    return {.message = outer.field->message_type(), .path = Join(outer.path, std::string(outer.field->name()))};
  }

  void Key(const std::string& name) {
    Object& object = objects_.back();
    object.field = object.message == nullptr ? nullptr : FindField(*object.message, name);
    if (object.names.insert(name).second || found_.has_value()) return;
    const bool known = object.field != nullptr;
    found_ = FieldProblem{.kind = FieldProblem::Kind::kInvalidField,
                          .path = known ? Join(object.path, std::string(object.field->name())) : object.path,
                          .text = known ? "is given twice" : "has an unknown member that is given twice"};
  }

  const Descriptor& message_;
  std::vector<Object> objects_;
  std::optional<FieldProblem> found_;
};

// Walks a JSON value beside the message that it is to become.
class Walk {
 public:
  void Object(const Json& object, const Descriptor& message, const std::string& path);
  std::vector<FieldProblem> problems() && { return std::move(problems_); }

 private:
  void Field(const Json& value, const FieldDescriptor& field, const std::string& path);
  void Single(const Json& value, const FieldDescriptor& field, const std::string& path);
  void Invalid(const std::string& path, absl::string_view expected) {
    Add(FieldProblem::Kind::kInvalidField, path, absl::StrCat("must be ", expected));
  }
  void Add(FieldProblem::Kind kind, const std::string& path, std::string text) {
    if (problems_.size() < kFieldProblems) problems_.push_back({.kind = kind, .path = path, .text = std::move(text)});
  }

  std::vector<FieldProblem> problems_;
};

std::string KnownFields(const Descriptor& message) {
  std::string names;
  for (int i = 0; i < message.field_count(); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", std::string(message.field(i)->name()));
  }
  return names;
}

void Walk::Object(const Json& object, const Descriptor& message, const std::string& path) {
  if (!object.is_object()) return Invalid(path, "an object");
  std::set<const FieldDescriptor*> seen;
  std::set<const google::protobuf::OneofDescriptor*> chosen;
  int place = 0;
  for (const auto& [name, value] : object.items()) {
    ++place;
    const FieldDescriptor* field = FindField(message, name);
    if (field == nullptr) {
      Add(FieldProblem::Kind::kUnknownField, path,
          absl::StrCat("has an unknown member at position ", place, " (known are ", KnownFields(message), ")"));
      continue;
    }
    const std::string field_path = Join(path, std::string(field->name()));
    if (!seen.insert(field).second) {
      Add(FieldProblem::Kind::kInvalidField, field_path, "is given twice");
      continue;
    }
    if (value.is_null()) continue;  // as if absent
    const google::protobuf::OneofDescriptor* oneof = field->real_containing_oneof();
    if (oneof != nullptr && !chosen.insert(oneof).second) {
      Add(FieldProblem::Kind::kInvalidField, field_path, "is given beside another that excludes it");
      continue;
    }
    Field(value, *field, field_path);
  }
}

void Walk::Field(const Json& value, const FieldDescriptor& field, const std::string& path) {
  if (!field.is_repeated()) return Single(value, field, path);
  if (!value.is_array()) return Invalid(path, "an array");
  for (size_t i = 0; i < value.size() && problems_.size() < kFieldProblems; ++i) {
    Single(value[i], field, absl::StrCat(path, "[", i, "]"));
  }
}

std::optional<int64_t> Integer(const Json& value) {
  int64_t number = 0;
  if (value.is_string() && absl::SimpleAtoi(value.get<std::string>(), &number)) return number;
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<uint64_t>() > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return value.get<int64_t>();
}

template <typename Number>
bool IsWithin(const Json& value) {
  const std::optional<int64_t> number = Integer(value);
  return number.has_value() && *number >= std::numeric_limits<Number>::min() &&
         *number <= std::numeric_limits<Number>::max();
}

bool IsEnumValue(const Json& value, const google::protobuf::EnumDescriptor& type) {
  if (value.is_string()) return type.FindValueByName(value.get<std::string>()) != nullptr;
  return value.is_number_integer() && IsWithin<int32_t>(value) &&
         type.FindValueByNumber(value.get<int32_t>()) != nullptr;
}

std::string EnumNames(const google::protobuf::EnumDescriptor& type) {
  std::string names;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&names, i == 1 ? "" : ", ", std::string(type.value(i)->name()));
  }
  return names;
}

bool IsTimestamp(const Json& value) {
  google::protobuf::Timestamp timestamp;
  return value.is_string() && google::protobuf::util::TimeUtil::FromString(value.get<std::string>(), &timestamp);
}

bool IsBase64(const Json& value) {
  std::string bytes;
  return value.is_string() && (absl::Base64Unescape(value.get<std::string>(), &bytes) ||
                               absl::WebSafeBase64Unescape(value.get<std::string>(), &bytes));
}

void Walk::Single(const Json& value, const FieldDescriptor& field, const std::string& path) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      if (!value.is_string()) Invalid(path, "a string");
      return;
    case FieldDescriptor::TYPE_BOOL:
      if (!value.is_boolean()) Invalid(path, "true or false");
      return;
    case FieldDescriptor::TYPE_BYTES:
      if (!IsBase64(value)) Invalid(path, "a string of base64");
      return;
    case FieldDescriptor::TYPE_UINT32:
      if (!IsWithin<uint32_t>(value)) Invalid(path, "a whole number from 0 to 4294967295");
      return;
    case FieldDescriptor::TYPE_INT32:
      if (!IsWithin<int32_t>(value)) Invalid(path, "a whole number of 32 bits");
      return;
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_INT64:
      if (!Integer(value).has_value()) Invalid(path, "a whole number");
      return;
    case FieldDescriptor::TYPE_ENUM:
      if (!IsEnumValue(value, *field.enum_type())) {
        Invalid(path, absl::StrCat("one of ", EnumNames(*field.enum_type())));
      }
      return;
    case FieldDescriptor::TYPE_MESSAGE:
      if (field.message_type() == google::protobuf::Timestamp::descriptor()) {
        if (!IsTimestamp(value)) Invalid(path, "a time such as \"2026-11-22T10:30:00Z\"");
        return;
      }
      return Object(value, *field.message_type(), path);
    default:
      return Invalid(path, "absent");
  }
}

std::vector<FieldProblem> One(FieldProblem::Kind kind, std::string text) {
  return {{.kind = kind, .path = "", .text = std::move(text)}};
}

}  // namespace

std::vector<FieldProblem> ReadJson(absl::string_view text, google::protobuf::Message& message) {
  const char* const first = text.data();
  RepeatedMembers repeated(*message.GetDescriptor());
  Json json;
  try {
    json = Json::parse(first, first + text.size(), std::ref(repeated));
  } catch (const Json::parse_error& error) {
    return One(FieldProblem::Kind::kNotJson, absl::StrCat("is not JSON from byte ", error.byte, " on"));
  } catch (const Json::exception&) {
    return One(FieldProblem::Kind::kNotJson, "is not JSON");
  }
  // The reader takes a NUL for the text's end.
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    return One(FieldProblem::Kind::kNotJson, absl::StrCat("is not JSON from byte ", nul + 1, " on"));
  }
  Walk walk;
  walk.Object(json, *message.GetDescriptor(), "");
  std::vector<FieldProblem> problems = std::move(walk).problems();
  if (problems.empty() && repeated.found().has_value()) return {*repeated.found()};
  if (!problems.empty()) return problems;
  // The text of its error would quote the input.
  if (!google::protobuf::util::JsonStringToMessage({first, text.size()}, &message).ok()) {
    message.Clear();
    return One(FieldProblem::Kind::kInvalidField, "cannot be read as this message");
  }
  return {};
}

}  // namespace envej::region
