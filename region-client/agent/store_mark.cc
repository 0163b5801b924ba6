#include "region-client/agent/store_mark.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "certs/new_file.h"

namespace envej::region {

absl::StatusOr<std::optional<StoreMark>> ReadStoreMark(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (error) return absl::UnavailableError(absl::StrCat("cannot read ", path, ": ", error.message()));
    return std::optional<StoreMark>();
  }
  std::ifstream file(path);
  StoreMark mark;
  int64_t seconds = 0;
  if (!(file >> mark.writes >> seconds)) return absl::DataLossError(absl::StrCat(path, ": is no mark; remove it"));
  mark.at = absl::FromUnixSeconds(seconds);
  return std::optional<StoreMark>(mark);
}

absl::Status WriteStoreMark(const std::string& path, const StoreMark& mark) {
  return certs::WriteFiles(
      {{.path = path, .contents = absl::StrCat(mark.writes, " ", absl::ToUnixSeconds(mark.at), "\n")}},
      certs::WhenThere::kReplace);
}

}  // namespace envej::region
