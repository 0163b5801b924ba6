#ifndef ENVEJ_REGION_CLIENT_FOLDER_FOLDER_FILES_H_
#define ENVEJ_REGION_CLIENT_FOLDER_FOLDER_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::region {

// Entries of a folder that one look reads at most, whatever they are.
inline constexpr size_t kEntriesALook = 10'000;

// A file as it was seen: while it is the same, nobody wrote to it.
struct SeenFile {
  std::string name;
  bool is_file = false;  // a regular file, under this name alone
  bool is_folder = false;
  uint64_t identity = 0;  // its number in the file system
  uint64_t bytes = 0;
  absl::Time modified_at;

  bool operator==(const SeenFile&) const = default;
};

// Where a file lies.
enum class Shelf {
  kHandedOver = 0,  // the folder itself
  kProcessed = 1,   // processed/ in it
  kRejected = 2,    // rejected/ in it
};

// A folder into which a system puts files, with its two shelves. Every call that touches the file system is here. Names
// are single components; symbolic links are never followed. What is written or moved to a shelf has mode 0600, and is
// on the disk when a call returns.
//
// Errors: FAILED_PRECONDITION for a folder that is not as it must be, RESOURCE_EXHAUSTED for a full disk, UNAVAILABLE
// for any other failure of the system. Texts name the folder, and never a file: its name may say whose it is.
//
// Thread safety: none.
class FolderFiles {
 public:
  // Opens the folder and its shelves, making them with mode 0700 where they are not there (the folder's parent must
  // be). Refuses a folder that group or others may enter, that is another user's, that is a symbolic link, or in which
  // another process works.
  static absl::StatusOr<FolderFiles> Open(const std::string& path);
  ~FolderFiles();
  FolderFiles(FolderFiles&& other) noexcept;
  FolderFiles& operator=(FolderFiles&&) = delete;

  // What was handed over, oldest first, folders too: all but the shelves, names that begin with a dot, and those that
  // end in .tmp or .part, of the first kEntriesALook entries.
  absl::StatusOr<std::vector<SeenFile>> HandedOver() const;
  // Names of a shelf, of the first kEntriesALook entries; folders left out.
  absl::StatusOr<std::vector<SeenFile>> OnShelf(Shelf shelf) const;

  // All bytes of a file that was handed over. ABORTED if it is not as it was seen, PERMISSION_DENIED if this process
  // may not read it.
  absl::StatusOr<std::string> Read(const SeenFile& file) const;

  // As it lies there; nothing if it does not.
  std::optional<SeenFile> Find(Shelf shelf, const std::string& name) const;
  // Writes the file, whole or not at all, in the place of one that is there.
  absl::Status Write(Shelf shelf, const std::string& name, absl::string_view bytes) const;
  // Moves what was handed over to a shelf, in the place of one that is there.
  absl::Status Move(const std::string& name, Shelf shelf, const std::string& to) const;
  // Overwrites and truncates the file where it may be written. What the medium keeps of former blocks is not reached.
  absl::Status Overwrite(Shelf shelf, const std::string& name) const;
  absl::Status Remove(Shelf shelf, const std::string& name) const;

 private:
  FolderFiles(std::string path, std::vector<int> folders) : path_(std::move(path)), folders_(std::move(folders)) {}

  int At(Shelf shelf) const { return folders_[static_cast<size_t>(shelf)]; }
  absl::Status Sync(Shelf shelf) const;
  absl::StatusOr<std::vector<SeenFile>> List(Shelf shelf, bool (*is_meant)(absl::string_view name)) const;

  std::string path_;
  std::vector<int> folders_;  // open, by Shelf
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_FOLDER_FILES_H_
