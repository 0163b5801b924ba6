#ifndef ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace envej::operations {

struct OwnFile {
  absl::string_view name;
  absl::string_view contents;
};

// The files of the folder pages/, written into the program by pages/embed.cmake.
const std::vector<OwnFile>& OwnFiles();

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_OWN_FILES_H_
