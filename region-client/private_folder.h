#ifndef ENVEJ_REGION_CLIENT_PRIVATE_FOLDER_H_
#define ENVEJ_REGION_CLIENT_PRIVATE_FOLDER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::region {

// Opens the folder `name` in the open folder `at` (AT_FDCWD: the current one), or makes it with mode 0700; its number,
// the caller's to close. FAILED_PRECONDITION, with what to do, if it is a link or no folder, belongs to another user,
// or lets others in; otherwise as FolderError. Errors name it by `path`.
absl::StatusOr<int> OpenPrivateFolder(int at, const std::string& name, const std::string& path);

// That `folder` cannot do `what`, by the system's `error`: RESOURCE_EXHAUSTED without room, FAILED_PRECONDITION where
// somebody must change something, else UNAVAILABLE.
absl::Status FolderError(absl::string_view what, absl::string_view folder, int error);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PRIVATE_FOLDER_H_
