#ifndef ENVEJ_BROKER_COMMANDS_EXIT_CODES_H_
#define ENVEJ_BROKER_COMMANDS_EXIT_CODES_H_

#include "absl/status/status.h"

namespace envej::commands {

// What commands that make, restore and accept answer with.
enum CopyExitCode {
  kCopyDone = 0,
  kCopyRefused = 1,  // what is there cannot be used; nothing was made
  kCopyUsage = 2,
  kCopyConfigurationRefused = 3,
  kCopyCannot = 4,  // something cannot be read or written; nothing was made
};

// Says on standard error why a program ends with `code`, which it gives back.
int Refuse(int code, const absl::Status& why);

// The same with the code for what went wrong with files: kCopyRefused for what they are (DATA_LOSS,
// FAILED_PRECONDITION), else kCopyCannot.
int RefuseCopy(const absl::Status& why);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_EXIT_CODES_H_
