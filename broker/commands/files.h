#ifndef ENVEJ_BROKER_COMMANDS_FILES_H_
#define ENVEJ_BROKER_COMMANDS_FILES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::commands {

// What commands do with files and folders. Errors: UNAVAILABLE, with the path and the system's word.

struct FileSum {
  uint64_t bytes = 0;
  std::string sha256;  // hexadecimal
};
// FAILED_PRECONDITION if it is no ordinary file.
absl::StatusOr<FileSum> SumFile(const std::string& path);

// A new file that only its owner may read; its bytes are on the disk when this returns OK, its name when its folder is
// synced.
absl::Status WriteSynced(const std::string& path, absl::string_view bytes);
absl::Status CopySynced(const std::string& from, const std::string& to);

// A folder that only its owner may enter. ALREADY_EXISTS if something has the name.
absl::Status MakeFolder(const std::string& path);
absl::Status Rename(const std::string& from, const std::string& to);
absl::Status RemoveAll(const std::string& path);

// Holds the lock of a file, which is made if it is not there and stays, or of a folder, as long as it lives. Held by
// another process, it is FAILED_PRECONDITION.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path);
  static absl::StatusOr<FileLock> TakeFolder(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  static absl::StatusOr<FileLock> TakeOpened(int file, const std::string& path);
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_FILES_H_
