#include "broker/commands/exit_codes.h"

#include <iostream>

namespace envej::commands {

int Refuse(int code, const absl::Status& why) {
  std::cerr << "envej-broker: " << why.message() << std::endl;
  return code;
}

int RefuseCopy(const absl::Status& why) {
  const bool is_unusable = absl::IsDataLoss(why) || absl::IsFailedPrecondition(why);
  return Refuse(is_unusable ? kCopyRefused : kCopyCannot, why);
}

}  // namespace envej::commands
