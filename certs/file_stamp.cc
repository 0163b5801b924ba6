#include "certs/file_stamp.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace envej::certs {
namespace {

// Of a directory; more than anything that is read from one.
constexpr size_t kEntriesMost = 1024;

bool AddStamp(const std::string& path, std::string& stamp) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    absl::StrAppend(&stamp, path, " missing ", errno, "\n");
    return false;
  }
  absl::StrAppend(&stamp, path, " ", status.st_dev, " ", status.st_ino, " ", status.st_size, " ");
  absl::StrAppend(&stamp, status.st_mtim.tv_sec, " ", status.st_mtim.tv_nsec, " ", status.st_ctim.tv_sec, " ",
                  status.st_ctim.tv_nsec, "\n");
  return S_ISDIR(status.st_mode);
}

std::vector<std::string> EntriesOf(const std::string& directory) {
  std::vector<std::string> entries;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator() && entries.size() < kEntriesMost;
       entry.increment(error)) {
    entries.push_back(entry->path().string());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

std::string StampOf(const std::vector<std::string>& paths) {
  std::string stamp;
  for (const std::string& path : paths) {
    if (!AddStamp(path, stamp)) continue;
    for (const std::string& entry : EntriesOf(path)) AddStamp(entry, stamp);
  }
  return stamp;
}

}  // namespace envej::certs
