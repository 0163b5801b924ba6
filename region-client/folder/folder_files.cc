#include "region-client/folder/folder_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "region-client/private_folder.h"

namespace envej::region {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr size_t kBlockBytes = size_t{64} << 10;
// Of what is written and not in its place yet.
constexpr char kHalfName[] = ".half";

// An open file, closed with its owner.
class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

bool WriteAll(int file, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

SeenFile Seen(std::string name, const struct stat& about) {
  return {.name = std::move(name),
          .is_file = S_ISREG(about.st_mode) && about.st_nlink == 1,
          .is_folder = S_ISDIR(about.st_mode),
          .identity = about.st_ino,
          .bytes = static_cast<uint64_t>(about.st_size),
          .modified_at = absl::TimeFromTimespec(about.st_mtim)};
}

constexpr absl::string_view kShelves[] = {"processed", "rejected"};

bool IsHandedOver(absl::string_view name) {
  return name.front() != '.' && name != kShelves[0] && name != kShelves[1] && !absl::EndsWith(name, ".tmp") &&
         !absl::EndsWith(name, ".part");
}

bool IsAny(absl::string_view name) { return name != "." && name != ".."; }

}  // namespace

absl::StatusOr<FolderFiles> FolderFiles::Open(const std::string& given) {
  const std::string path = given.substr(0, given.find_last_not_of('/') + 1);
  const absl::StatusOr<int> folder = OpenPrivateFolder(AT_FDCWD, path, path);
  if (!folder.ok()) return folder.status();
  FolderFiles files(path, {*folder});
  if (flock(*folder, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("another process takes files from ", path));
  }
  for (const absl::string_view shelf : kShelves) {
    const absl::StatusOr<int> opened = OpenPrivateFolder(*folder, std::string(shelf), absl::StrCat(path, "/", shelf));
    if (!opened.ok()) return opened.status();
    files.folders_.push_back(*opened);
  }
  if (absl::Status status = files.Sync(Shelf::kHandedOver); !status.ok()) return status;
  return files;
}

FolderFiles::FolderFiles(FolderFiles&& other) noexcept
    : path_(std::move(other.path_)), folders_(std::exchange(other.folders_, {})) {}

FolderFiles::~FolderFiles() {
  for (const int folder : folders_) close(folder);
}

absl::Status FolderFiles::Sync(Shelf shelf) const {
  if (fsync(At(shelf)) != 0) return FolderError("be synced", path_, errno);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SeenFile>> FolderFiles::List(Shelf shelf, bool (*is_meant)(absl::string_view name)) const {
  const int copy = openat(At(shelf), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return FolderError("be listed", path_, errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(copy), closedir);
  if (listing == nullptr) return FolderError("be listed", path_, errno);
  std::vector<SeenFile> files;
  for (size_t entries = 0; entries < kEntriesALook; ++entries) {
    errno = 0;
    const dirent* const entry = readdir(listing.get());
    if (entry == nullptr && errno != 0) return FolderError("be listed", path_, errno);
    if (entry == nullptr) break;
    struct stat about {};
    // What went meanwhile is not there.
    if (!is_meant(entry->d_name) || fstatat(At(shelf), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
    files.push_back(Seen(entry->d_name, about));
  }
  std::sort(files.begin(), files.end(), [](const SeenFile& left, const SeenFile& right) {
    return std::tie(left.modified_at, left.name) < std::tie(right.modified_at, right.name);
  });
  return files;
}

absl::StatusOr<std::vector<SeenFile>> FolderFiles::HandedOver() const { return List(Shelf::kHandedOver, IsHandedOver); }

absl::StatusOr<std::vector<SeenFile>> FolderFiles::OnShelf(Shelf shelf) const {
  absl::StatusOr<std::vector<SeenFile>> files = List(shelf, IsAny);
  if (files.ok()) std::erase_if(*files, [](const SeenFile& file) { return file.is_folder; });
  return files;
}

absl::StatusOr<std::string> FolderFiles::Read(const SeenFile& seen) const {
  const absl::Status changed = absl::AbortedError(absl::StrCat(path_, ": a file was changed while it was read"));
  const OpenFile file(
      openat(At(Shelf::kHandedOver), seen.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open() && (errno == EACCES || errno == EPERM)) return absl::PermissionDeniedError("it may not be read");
  if (!file.open()) return errno == ENOENT || errno == ELOOP ? changed : FolderError("be read", path_, errno);
  const auto is_as_seen = [&] {
    struct stat about {};
    return fstat(file.number(), &about) == 0 && Seen(seen.name, about) == seen;
  };
  if (!is_as_seen()) return changed;
  std::string bytes(seen.bytes, '\0');
  for (size_t got = 0; got < bytes.size();) {
    const ssize_t count = read(file.number(), bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FolderError("be read", path_, errno);
    if (count == 0) return changed;
    got += static_cast<size_t>(count);
  }
  if (!is_as_seen()) return changed;
  return bytes;
}

std::optional<SeenFile> FolderFiles::Find(Shelf shelf, const std::string& name) const {
  struct stat about {};
  if (fstatat(At(shelf), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return Seen(name, about);
}

absl::Status FolderFiles::Write(Shelf shelf, const std::string& name, absl::string_view bytes) const {
  // One is there if a process was killed in here.
  if (unlinkat(At(shelf), kHalfName, 0) != 0 && errno != ENOENT) return FolderError("be written to", path_, errno);
  const OpenFile file(openat(At(shelf), kHalfName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  const bool written = file.open() && fchmod(file.number(), kFileMode) == 0 && WriteAll(file.number(), bytes) &&
                       fsync(file.number()) == 0 && renameat(At(shelf), kHalfName, At(shelf), name.c_str()) == 0;
  return written ? Sync(shelf) : FolderError("be written to", path_, errno);
}

absl::Status FolderFiles::Move(const std::string& name, Shelf shelf, const std::string& to) const {
  const OpenFile file(openat(At(Shelf::kHandedOver), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat about {};
  // What is no file, and what is another user's, keeps the mode that it has.
  if (file.open() && fstat(file.number(), &about) == 0 && S_ISREG(about.st_mode)) fchmod(file.number(), kFileMode);
  if (renameat(At(Shelf::kHandedOver), name.c_str(), At(shelf), to.c_str()) != 0) {
    return FolderError("have a file moved", path_, errno);
  }
  if (absl::Status status = Sync(shelf); !status.ok()) return status;
  return Sync(Shelf::kHandedOver);
}

absl::Status FolderFiles::Overwrite(Shelf shelf, const std::string& name) const {
  const OpenFile file(openat(At(shelf), name.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat about {};
  if (!file.open() || fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode)) return absl::OkStatus();
  const std::string nothing(kBlockBytes, '\0');
  for (uint64_t left = static_cast<uint64_t>(about.st_size); left > 0;) {
    const size_t count = static_cast<size_t>(std::min<uint64_t>(left, kBlockBytes));
    if (!WriteAll(file.number(), absl::string_view(nothing).substr(0, count))) {
      return FolderError("have a file overwritten", path_, errno);
    }
    left -= count;
  }
  const bool done = fsync(file.number()) == 0 && ftruncate(file.number(), 0) == 0 && fsync(file.number()) == 0;
  return done ? absl::OkStatus() : FolderError("have a file overwritten", path_, errno);
}

absl::Status FolderFiles::Remove(Shelf shelf, const std::string& name) const {
  if (unlinkat(At(shelf), name.c_str(), 0) != 0 && errno != ENOENT) {
    return FolderError("have a file removed", path_, errno);
  }
  return Sync(shelf);
}

}  // namespace envej::region
