#include "proto/contract/json_line.h"

#include <google/protobuf/util/json_util.h>

namespace envej::contract {

std::string ToJsonLine(const google::protobuf::Message& message, Defaults defaults) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = defaults == Defaults::kWritten;
  std::string json;
  // Fails only for messages with google.protobuf.Any, of which the contract has none.
  return google::protobuf::util::MessageToJsonString(message, &json, options).ok() ? json : "{}";
}

}  // namespace envej::contract
