#ifndef ENVEJ_MUNICIPALITY_CLIENT_DURABLE_FILE_H_
#define ENVEJ_MUNICIPALITY_CLIENT_DURABLE_FILE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::municipality_client {

// An open file, closed with its owner.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// Writes all of `bytes` at the file's position. What was written before an error stays. An error names `place`.
absl::Status WriteAll(const FileDescriptor& file, absl::string_view bytes, absl::string_view place);

// Returns when what was written to the file is on the disk. After an error, which names `place`, nothing may be taken
// as written.
absl::Status SyncFile(const FileDescriptor& file, absl::string_view place);

// A folder that only its owner can enter, and the files in it. Every call that touches the file system is here. Names
// are single components; symbolic links are never followed. Files are made with mode 0600, whatever the umask says.
//
// Errors: FAILED_PRECONDITION for a folder or file that is not as it must be, RESOURCE_EXHAUSTED for a full disk,
// INTERNAL for any other failure of the system. Texts name the path, never what is in it.
//
// Thread safety: none is needed between threads that use different names.
class PrivateFolder {
 public:
  // Opens the folder, making it with mode 0700 if it is not there (its parent must be). Refuses a folder that group
  // or others may enter, that is not the user's own, or that is a symbolic link.
  static absl::StatusOr<PrivateFolder> Open(absl::string_view path);

  const std::string& path() const { return path_; }

  // All names but "." and "..", in order.
  absl::StatusOr<std::vector<std::string>> List() const;
  bool Exists(absl::string_view name) const;

  // The whole of a regular file; nothing if there is none. FAILED_PRECONDITION if it is larger than `most` bytes.
  absl::StatusOr<std::optional<std::string>> Read(absl::string_view name, size_t most) const;

  // Makes a file that is not there yet and returns when its bytes are on the disk; its name may not be, before `Sync`.
  absl::Status WriteNew(absl::string_view name, absl::string_view bytes) const;

  // Opens a regular file for appending, making it if it is not there.
  absl::StatusOr<FileDescriptor> OpenForAppend(absl::string_view name) const;

  absl::Status Rename(absl::string_view from, absl::string_view to) const;
  absl::Status Remove(absl::string_view name) const;

  // Returns when the names are on the disk.
  absl::Status Sync() const;

  // Takes the lock file `name` for as long as the result lives. FAILED_PRECONDITION if another process holds it.
  absl::StatusOr<FileDescriptor> Lock(absl::string_view name) const;

 private:
  PrivateFolder(std::string path, FileDescriptor folder) : path_(std::move(path)), folder_(std::move(folder)) {}

  absl::StatusOr<FileDescriptor> OpenRegular(absl::string_view name, int flags) const;
  std::string PathOf(absl::string_view name) const;

  std::string path_;
  FileDescriptor folder_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_DURABLE_FILE_H_
