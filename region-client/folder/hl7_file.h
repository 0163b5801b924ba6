#ifndef ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_
#define ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "region-client/folder/file_item.h"

namespace envej::region {

// A file of HL7 v2 messages, one after another, alone or in batches (HL7 2.5.1, section 2.10.3).
struct Hl7File {
  // Parts of the file's bytes. Each begins with a line that begins with "MSH"; what else stands before the first, or
  // between batches, is one too, which no decoder will take. Blank lines around them are passed over, and so are the
  // frames of MLLP.
  std::vector<absl::string_view> messages;
  bool has_batches = false;  // segments of a batch stand around them: FHS, BHS, BTS, FTS
  // Why messages may be missing, or doubled, in words that repeat nothing of the file; the first kRefusedShown:
  //   BATCH_COUNT_WRONG  a batch has not as many as its BTS-1 says, or the file not as many batches as its FTS-1 says
  //   BATCH_NOT_ENDED    a batch has BHS and no BTS, or the file FHS and no FTS: it may be cut short
  std::vector<FileProblem> problems;
};

// Takes time in proportion to the bytes. Goes no further than the first message beyond `messages_most`.
Hl7File SplitHl7File(absl::string_view bytes, size_t messages_most);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_HL7_FILE_H_
