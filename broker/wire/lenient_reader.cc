#include "broker/wire/lenient_reader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>

#include <string>

#include "broker/wire/field_walk.h"

namespace envej::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool Merge(absl::string_view bytes, Message& message) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  return message.MergeFromCodedStream(&input) && input.ConsumedEntireMessage();
}

void SetText(absl::string_view text, const FieldDescriptor& field, Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&message, &field, std::string(text));
  } else {
    reflection.SetString(&message, &field, std::string(text));
  }
}

Message& PartOf(Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field);
}

}  // namespace

bool ReadLeniently(absl::string_view bytes, Message& message) {
  size_t merged = 0;  // up to here; what is neither text nor message waits for the next that is, and is merged at once
  FieldWalk walk(bytes);
  while (walk.Next()) {
    if (!walk.content().has_value()) continue;
    const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByNumber(walk.number());
    const bool is_text = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
    const bool is_message = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!is_text && !is_message) continue;
    if (!Merge(bytes.substr(merged, walk.begin() - merged), message)) return false;
    merged = walk.end();
    if (is_text) SetText(*walk.content(), *field, message);
    if (is_message && !ReadLeniently(*walk.content(), PartOf(message, *field))) return false;
  }
  return walk.IsComplete() && Merge(bytes.substr(merged), message);
}

}  // namespace envej::wire
