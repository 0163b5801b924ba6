#ifndef ENVEJ_REGION_CLIENT_FOLDER_SEALED_FILE_H_
#define ENVEJ_REGION_CLIENT_FOLDER_SEALED_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "region-client/agent/at_rest.h"

namespace envej::region {

inline constexpr absl::string_view kSealedEnding = ".sealed";

// What was in a file, as it is kept under `name` (without kSealedEnding) after it was taken, and back again. Errors are
// those of AtRest; a file that got another name is DATA_LOSS.
absl::StatusOr<std::string> SealFile(const AtRest& at_rest, absl::string_view name, absl::string_view bytes);
absl::StatusOr<std::string> OpenSealedFile(const AtRest& at_rest, absl::string_view name, absl::string_view sealed);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_SEALED_FILE_H_
