#ifndef ENVEJ_REGION_CLIENT_FOLDER_HL7_DECODER_H_
#define ENVEJ_REGION_CLIENT_FOLDER_HL7_DECODER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/agent/desk.h"
#include "region-client/folder/file_item.h"
#include "region-client/hl7/message.h"
#include "region-client/hl7/patient_event.h"

namespace envej::region {

// By which a message is known again, of what came in at `source`, a listener or a folder: by its MSH-10, and by what it
// says of its sender, since two systems may come the same way with the same ids.
MessageName NameOfHl7(const std::string& source, const hl7::Message& message);

// How files of HL7 v2 messages are read.
struct Hl7Files {
  std::string name;  // of the folder: two of them may have the same message ids
  hl7::Site site;
  hl7::CharacterSet unsaid = hl7::CharacterSet::kAscii;  // what MSH-18 means where it says nothing
};

// Reads a file of HL7 messages (hl7_file.h), each for itself, as of `now`. Nothing follows from what is of no concern,
// and from batches without a message: a system may send those when it has nothing to say. What is wrong with a batch is
// a problem of the file's own, behind its messages, which are taken all the same. More than `items_most` messages are
// TooManyItems.
absl::StatusOr<std::vector<FileItem>> DecodeHl7File(absl::string_view bytes, size_t items_most, const Hl7Files& files,
                                                    absl::Time now);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_HL7_DECODER_H_
