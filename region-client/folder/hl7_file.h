#ifndef ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_
#define ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace envej::region {

// The HL7 v2 messages of a file, one after another: each begins with a line that begins with "MSH". Around them stand
// blank lines, the frames of MLLP, or the segments of a batch (FHS, BHS, BTS, FTS), and are passed over; what else
// stands before the first message is a message of its own, which no decoder will take. Takes time in proportion to the
// bytes; what it gives are parts of them.
std::vector<absl::string_view> SplitHl7File(absl::string_view bytes);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_
