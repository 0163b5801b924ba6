#include "region-client/line_file.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace envej::region {

absl::Status ForEachLine(const std::string& path,
                         const std::function<absl::Status(size_t number, const std::string& line)>& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened"));
  std::string buffer(kLongestLine + 2, '\0');
  std::string line;
  for (size_t number = 1;; ++number) {
    file.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (file.bad()) return absl::UnavailableError(absl::StrCat(path, ": cannot be read"));
    const bool at_end = file.eof();
    if (file.fail() && at_end) return absl::OkStatus();
    const size_t size = static_cast<size_t>(file.gcount()) - (at_end || file.fail() ? 0 : 1);
    if (file.fail() || size > kLongestLine) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": line ", number, " is too long"));
    }
    if (size == 0) continue;
    line.assign(buffer.data(), size);
    if (const absl::Status status = take(number, line); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(path, ": line ", number, " ", status.message()));
    }
  }
}

}  // namespace envej::region
