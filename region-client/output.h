#ifndef ENVEJ_REGION_CLIENT_OUTPUT_H_
#define ENVEJ_REGION_CLIENT_OUTPUT_H_

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::region {

// What the program ends with; --help says the same.
enum class ExitCode {
  kDone = 0,         // everything was done; of a submission: every notice is accepted
  kRefused = 1,      // at least one notice was refused, or what was asked for does not exist
  kUnusable = 2,     // wrong usage, or a file (also one without notices), certificate or output that cannot be used
  kUnreachable = 3,  // the broker could not be reached, or notices are unsent or unknown
  kNotYet = 4,       // receipts have no proof yet, and all else was done
};

// Where the program reads and writes. Results go to `out`; everything for people, errors too, to `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

enum class OutputForm { kText, kJson };

// One line of proto3 JSON, without the line's end.
std::string ToJsonLine(const google::protobuf::Message& message);

// `text` on one line and safe for a terminal: a character that controls rather than writes becomes a question mark.
// With `lines`, line ends stay.
std::string Printable(absl::string_view text, bool lines = false);

// "NOTICE_STATE_WAITING" as "waiting"; a value that only a newer broker knows as its number.
std::string Word(const std::string& name, absl::string_view prefix, int number);

// Day and time in `zone`; "-" if absent.
std::string FormatTimestamp(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone);

// Writes rows as columns that are as wide as their widest cell, in characters; the first row is the heading.
void WriteTable(const std::vector<std::vector<std::string>>& rows, std::ostream& out);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_OUTPUT_H_
