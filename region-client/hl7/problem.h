#ifndef ENVEJ_REGION_CLIENT_HL7_PROBLEM_H_
#define ENVEJ_REGION_CLIENT_HL7_PROBLEM_H_

#include <cstdint>
#include <string>

namespace envej::hl7 {

// What is wrong, by HL7's table 0357.
enum class ErrorCode : uint16_t {
  kSegmentSequenceError = 100,  // also: a segment that is required is missing
  kRequiredFieldMissing = 101,
  kDataTypeError = 102,
  kTableValueNotFound = 103,
  kValueTooLong = 104,
  kUnsupportedMessageType = 200,
  kUnsupportedEventCode = 201,
  kUnsupportedProcessingId = 202,
  kUnsupportedVersionId = 203,
  kApplicationInternalError = 207,
};

// Where in a message, counted from 1 as HL7 does. 0 says nothing of it: of a field without a component the first is
// read, and all of the field is wrong.
struct Place {
  std::string segment = {};  // its three letters; empty for the message as a whole
  int occurrence = 1;        // of the segments of that name
  int field = 0;
  int repetition = 1;
  int component = 0;
  int subcomponent = 0;

  bool operator==(const Place&) const = default;
};

// Why a message is refused: for its sender, for the log, and by which it is counted. It never holds what stood there.
struct Problem {
  Place place;
  ErrorCode code = ErrorCode::kDataTypeError;
  std::string what;  // ASCII, one line, follows the place

  bool operator==(const Problem&) const = default;
};

// As people write it: "PID-3", "PID-3.4", "PID-3[2].4" of a repetition, "MSH[2]" of a second segment; "the message" for
// all of it.
std::string ToText(const Place& place);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_PROBLEM_H_
