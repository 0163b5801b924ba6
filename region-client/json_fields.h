#ifndef ENVEJ_REGION_CLIENT_JSON_FIELDS_H_
#define ENVEJ_REGION_CLIENT_JSON_FIELDS_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::region {

// One thing wrong with a JSON text. Neither path nor text ever repeats a value of the input, nor a member's name that
// the message does not have: a value in the wrong place can look like either.
struct FieldProblem {
  enum class Kind { kNotJson, kUnknownField, kInvalidField };
  Kind kind = Kind::kNotJson;
  std::string path;  // such as "citizen.phone_numbers[1]", the fields' names as in the .proto file; empty for the whole
  std::string text;

  bool operator==(const FieldProblem&) const = default;
};

inline constexpr size_t kFieldProblems = 20;  // the most that are reported of one text

// Reads `text` as proto3 JSON into `message`, stricter than protobuf's own reader: a member given twice, an unknown
// one and a value of another type (also a string that spells a boolean) are refused. Answers what is wrong, in the
// text's order; nothing if it was read. `message` holds what was read only then.
//
// Serves the kinds of field that the contract's messages have, but no maps.
std::vector<FieldProblem> ReadJson(absl::string_view text, google::protobuf::Message& message);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_JSON_FIELDS_H_
