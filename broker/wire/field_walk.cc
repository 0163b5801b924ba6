#include "broker/wire/field_walk.h"

#include <google/protobuf/wire_format_lite.h>

namespace envej::wire {

// What generated code itself uses: nothing public passes over a field.
using google::protobuf::internal::WireFormatLite;

FieldWalk::FieldWalk(absl::string_view bytes)
    : bytes_(bytes), input_(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

bool FieldWalk::Next() {
  begin_ = end_;
  content_.reset();
  const uint32_t tag = input_.ReadTag();
  if (tag == 0) {
    complete_ = input_.ConsumedEntireMessage();
    return false;
  }
  number_ = WireFormatLite::GetTagFieldNumber(tag);
  if (number_ != 0 && WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
    int length = 0;
    if (!input_.ReadVarintSizeAsInt(&length)) return false;
    const int start = input_.CurrentPosition();
    if (!input_.Skip(length)) return false;
    content_ = bytes_.substr(static_cast<size_t>(start), static_cast<size_t>(length));
  } else if (!WireFormatLite::SkipField(&input_, tag)) {
    return false;
  }
  end_ = static_cast<size_t>(input_.CurrentPosition());
  return true;
}

}  // namespace envej::wire
