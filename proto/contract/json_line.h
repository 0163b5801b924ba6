#ifndef ENVEJ_PROTO_CONTRACT_JSON_LINE_H_
#define ENVEJ_PROTO_CONTRACT_JSON_LINE_H_

#include <google/protobuf/message.h>

#include <string>

namespace envej::contract {

// What becomes of a field without presence that has its default value.
enum class Defaults { kLeftOut, kWritten };

// One line of proto3 JSON, without the line's end. Whatever the message holds, the line is ASCII or valid UTF-8 without
// control characters.
std::string ToJsonLine(const google::protobuf::Message& message, Defaults defaults = Defaults::kLeftOut);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_JSON_LINE_H_
