#include "region-client/receipt_beginning.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "envej/v1/receipt.pb.h"

namespace envej::region {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Reads on while the text is what a message would be written as. Its steps answer false where they cannot go on:
// either the text has ended there, or it is something else.
class Reading {
 public:
  explicit Reading(absl::string_view text) : rest_(text) {}

  bool Object(const Descriptor& message);
  bool at_end() const { return rest_.empty(); }

 private:
  bool Name(const Descriptor& message, int& next, const FieldDescriptor*& field);
  bool Value(const FieldDescriptor& field);
  bool Single(const FieldDescriptor& field);
  bool String();
  bool Digits();
  bool Take(char character);
  bool Next(char character) const { return !rest_.empty() && rest_.front() == character; }

  absl::string_view rest_;
};

bool Reading::Take(char character) {
  if (!Next(character)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool Reading::Object(const Descriptor& message) {
  if (!Take('{')) return false;
  if (Take('}')) return true;
  int next = 0;
  const FieldDescriptor* field = nullptr;
  do {
    if (!Name(message, next, field) || !Value(*field)) return false;
  } while (Take(','));
  return Take('}');
}

// Members stand in their order; those that are absent are left out.
bool Reading::Name(const Descriptor& message, int& next, const FieldDescriptor*& field) {
  while (next < message.field_count()) {
    field = message.field(next++);
    const std::string name = absl::StrCat("\"", std::string(field->json_name()), "\":");
    if (absl::StartsWith(rest_, name)) {
      rest_.remove_prefix(name.size());
      return true;
    }
    if (absl::StartsWith(name, rest_)) rest_ = {};
    if (at_end()) return false;
  }
  return false;
}

bool Reading::Value(const FieldDescriptor& field) {
  if (!field.is_repeated()) return Single(field);
  if (!Take('[')) return false;
  do {
    if (!Single(field)) return false;
  } while (Take(','));
  return Take(']');
}

bool Reading::Single(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_UINT32) return Digits();
  const bool is_object = field.type() == FieldDescriptor::TYPE_MESSAGE &&
                         field.message_type() != google::protobuf::Timestamp::descriptor();
  return is_object ? Object(*field.message_type()) : String();  // also bytes and numbers of 64 bits
}

bool Reading::String() {
  if (!Take('"')) return false;
  while (!at_end()) {
    if (Take('"')) return true;
    if (absl::ascii_iscntrl(static_cast<unsigned char>(rest_.front()))) return false;
    rest_.remove_prefix(Next('\\') && rest_.size() > 1 ? 2 : 1);
  }
  return false;
}

bool Reading::Digits() {
  if (rest_.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(rest_.front()))) return false;
  while (!rest_.empty() && absl::ascii_isdigit(static_cast<unsigned char>(rest_.front()))) rest_.remove_prefix(1);
  return true;
}

}  // namespace

bool IsReceiptBeginning(absl::string_view text) {
  Reading reading(text);
  reading.Object(*v1::Receipt::descriptor());
  return reading.at_end();
}

}  // namespace envej::region
