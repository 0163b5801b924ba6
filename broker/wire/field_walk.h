#ifndef ENVEJ_BROKER_WIRE_FIELD_WALK_H_
#define ENVEJ_BROKER_WIRE_FIELD_WALK_H_

#include <google/protobuf/io/coded_stream.h>

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace envej::wire {

// Walks over the fields of a Protobuf message's bytes, one level deep, and copies nothing. The bytes must outlive it.
class FieldWalk {
 public:
  // At most 2 GiB.
  explicit FieldWalk(absl::string_view bytes);

  // Moves to the next field, at first to the first one. False at the end of the fields, also where what follows is
  // none.
  bool Next();
  // Whether all the bytes were fields. Meant for when Next() is false.
  bool IsComplete() const { return complete_; }

  // Of the field it is at:
  int number() const { return number_; }
  // What it holds, if its kind has a length (texts, bytes and messages do).
  const std::optional<absl::string_view>& content() const { return content_; }
  // Where it begins with its tag, and ends.
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }

 private:
  const absl::string_view bytes_;
  google::protobuf::io::CodedInputStream input_;
  bool complete_ = false;
  int number_ = 0;
  std::optional<absl::string_view> content_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_FIELD_WALK_H_
