#include "proto/contract/wiping.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <openssl/crypto.h>

#include <vector>

namespace envej::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

void Overwrite(std::string& text) { OPENSSL_cleanse(text.data(), text.capacity()); }

void Overwrite(UnknownFieldSet& fields) {
  for (int index = 0; index < fields.field_count(); ++index) {
    UnknownField& field = *fields.mutable_field(index);
    if (field.type() == UnknownField::TYPE_LENGTH_DELIMITED) Overwrite(*field.mutable_length_delimited());
    if (field.type() == UnknownField::TYPE_GROUP) Overwrite(*field.mutable_group());
  }
}

// Reflection gives texts only to be read, or else as copies. They are the message's own.
void OverwriteText(Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  std::string unused;
  if (!field->is_repeated()) {
    Overwrite(const_cast<std::string&>(reflection.GetStringReference(message, field, &unused)));
    return;
  }
  for (int index = 0; index < reflection.FieldSize(message, field); ++index) {
    Overwrite(const_cast<std::string&>(reflection.GetRepeatedStringReference(message, field, index, &unused)));
  }
}

enum class What { kAll, kUnknownFields };

void Overwrite(What what, Message& message);

void OverwriteParts(What what, Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  if (!field->is_repeated()) return Overwrite(what, *reflection.MutableMessage(&message, field));
  for (int index = 0; index < reflection.FieldSize(message, field); ++index) {
    Overwrite(what, *reflection.MutableRepeatedMessage(&message, field, index));
  }
}

void Overwrite(What what, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) Overwrite(*reflection.MutableUnknownFields(&message));
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const FieldDescriptor::CppType type = field->cpp_type();
    if (type == FieldDescriptor::CPPTYPE_MESSAGE) OverwriteParts(what, message, field);
    if (type == FieldDescriptor::CPPTYPE_STRING && what == What::kAll) OverwriteText(message, field);
  }
}

void Overwrite(Envelope& envelope) {
  for (std::string* const text : {&envelope.municipality_code, &envelope.notice_id, &envelope.discharge_date}) {
    Overwrite(*text);
  }
  for (std::optional<ConsentPart>* const part : {&envelope.consent.contact, &envelope.consent.disclosure}) {
    if (part->has_value()) Overwrite((*part)->given_on);
  }
  if (envelope.content_commitment.has_value()) Overwrite(envelope.content_commitment->key_id);
  for (ContentCommitment& former : envelope.former_commitments) Overwrite(former.key_id);
}

void Overwrite(Citizen& citizen) {
  Overwrite(citizen.name);
  for (std::string& number : citizen.phone_numbers) Overwrite(number);
  Overwrite(citizen.email);
  if (!citizen.postal_address.has_value()) return;
  PostalAddress& address = *citizen.postal_address;
  for (std::string* const text : {&address.street, &address.postal_code, &address.city}) Overwrite(*text);
}

}  // namespace

void Wipe(std::string& plain) {
  Overwrite(plain);
  plain.clear();
}

void Wipe(Message& plain) {
  Overwrite(What::kAll, plain);
  plain.Clear();
}

void WipeUnknownFields(Message& plain) {
  Overwrite(What::kUnknownFields, plain);
  plain.DiscardUnknownFields();
}

void Wipe(Notice& plain) {
  if (plain.envelope.has_value()) Overwrite(*plain.envelope);
  if (plain.citizen.has_value()) Overwrite(*plain.citizen);
  plain = Notice();
}

}  // namespace envej::contract
