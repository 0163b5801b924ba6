#ifndef ENVEJ_REGION_CLIENT_OUTPUT_H_
#define ENVEJ_REGION_CLIENT_OUTPUT_H_

#include <google/protobuf/timestamp.pb.h>

#include <istream>
#include <ostream>
#include <string>

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

// Day and time in `zone`; "-" if absent.
std::string FormatTimestamp(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_OUTPUT_H_
