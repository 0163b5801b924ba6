#include "municipality-client/durable_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace envej::municipality_client {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

absl::Status SystemError(absl::string_view what, absl::string_view path, int error) {
  const std::string text = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(text);
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::FailedPreconditionError(text);
    default:
      return absl::InternalError(text);
  }
}

template <typename Call>
int Uninterrupted(Call call) {
  int result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

absl::Status SyncDescriptor(int number, absl::string_view path) {
  if (Uninterrupted([&] { return fsync(number); }) != 0) return SystemError("sync", path, errno);
  return absl::OkStatus();
}

std::string WithoutTrailingSlash(absl::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

// The name of a folder just made must be on the disk before anything in it is said to be.
absl::Status SyncParent(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const FileDescriptor folder(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return SystemError("open", parent, errno);
  return SyncDescriptor(folder.number(), parent);
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) close(number_);
}

absl::Status WriteAll(const FileDescriptor& file, absl::string_view bytes, absl::string_view place) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write to", place, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncFile(const FileDescriptor& file, absl::string_view place) {
  return SyncDescriptor(file.number(), place);
}

absl::StatusOr<PrivateFolder> PrivateFolder::Open(absl::string_view given) {
  const std::string path = WithoutTrailingSlash(given);
  const bool made = mkdir(path.c_str(), kFolderMode) == 0;
  if (!made && errno != EEXIST) return SystemError("make", path, errno);
  struct stat about;
  if (!made && lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is a symbolic link; name the folder itself"));
  }
  FileDescriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.open()) return SystemError("open", path, errno);
  if (made) {
    if (fchmod(folder.number(), kFolderMode) != 0) return SystemError("set the mode of", path, errno);
    if (absl::Status status = SyncParent(path); !status.ok()) return status;
  }
  if (fstat(folder.number(), &about) != 0) return SystemError("examine", path, errno);
  if ((about.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("others than the owner may enter ", path, "; make it private with: chmod 700 ", path));
  }
  if (about.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to another user"));
  }
  return PrivateFolder(path, std::move(folder));
}

std::string PrivateFolder::PathOf(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

absl::StatusOr<std::vector<std::string>> PrivateFolder::List() const {
  const int copy = openat(folder_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return SystemError("list", path_, errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(copy), closedir);
  if (listing == nullptr) return SystemError("list", path_, errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(listing.get());
    if (entry == nullptr) break;
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return SystemError("list", path_, errno);
  std::sort(names.begin(), names.end());
  return names;
}

bool PrivateFolder::Exists(absl::string_view name) const {
  struct stat about;
  return fstatat(folder_.number(), std::string(name).c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
}

absl::StatusOr<FileDescriptor> PrivateFolder::OpenRegular(absl::string_view name, int flags) const {
  FileDescriptor file(
      openat(folder_.number(), std::string(name).c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kFileMode));
  if (!file.open()) return SystemError("open", PathOf(name), errno);
  struct stat about;
  if (fstat(file.number(), &about) != 0) return SystemError("examine", PathOf(name), errno);
  if (!S_ISREG(about.st_mode)) return absl::FailedPreconditionError(absl::StrCat(PathOf(name), " is not a file"));
  if ((flags & O_CREAT) != 0 && fchmod(file.number(), kFileMode) != 0) {
    return SystemError("set the mode of", PathOf(name), errno);
  }
  return file;
}

absl::StatusOr<std::optional<std::string>> PrivateFolder::Read(absl::string_view name, size_t most) const {
  if (!Exists(name)) return std::nullopt;
  absl::StatusOr<FileDescriptor> file = OpenRegular(name, O_RDONLY);
  if (!file.ok()) return file.status();
  std::string bytes;
  char block[1 << 16];
  for (;;) {
    const ssize_t got = read(file->number(), block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("read", PathOf(name), errno);
    if (got == 0) return bytes;
    bytes.append(block, static_cast<size_t>(got));
    if (bytes.size() > most) return absl::FailedPreconditionError(absl::StrCat(PathOf(name), " is too large"));
  }
}

absl::Status PrivateFolder::WriteNew(absl::string_view name, absl::string_view bytes) const {
  absl::StatusOr<FileDescriptor> file = OpenRegular(name, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) return file.status();
  if (absl::Status status = WriteAll(*file, bytes, path_); !status.ok()) return status;
  return SyncFile(*file, path_);
}

absl::StatusOr<FileDescriptor> PrivateFolder::OpenForAppend(absl::string_view name) const {
  return OpenRegular(name, O_RDWR | O_APPEND | O_CREAT);
}

absl::Status PrivateFolder::Rename(absl::string_view from, absl::string_view to) const {
  if (renameat(folder_.number(), std::string(from).c_str(), folder_.number(), std::string(to).c_str()) != 0) {
    return SystemError("put in place", PathOf(to), errno);
  }
  return absl::OkStatus();
}

absl::Status PrivateFolder::Remove(absl::string_view name) const {
  if (unlinkat(folder_.number(), std::string(name).c_str(), 0) != 0 && errno != ENOENT) {
    return SystemError("remove", PathOf(name), errno);
  }
  return absl::OkStatus();
}

absl::Status PrivateFolder::Sync() const { return SyncDescriptor(folder_.number(), path_); }

absl::StatusOr<FileDescriptor> PrivateFolder::Lock(absl::string_view name) const {
  absl::StatusOr<FileDescriptor> file = OpenRegular(name, O_RDWR | O_CREAT);
  if (!file.ok()) return file;
  if (Uninterrupted([&] { return flock(file->number(), LOCK_EX | LOCK_NB); }) == 0) return file;
  if (errno != EWOULDBLOCK) return SystemError("lock", PathOf(name), errno);
  return absl::FailedPreconditionError(absl::StrCat("another envej-municipality is working in ", path_));
}

}  // namespace envej::municipality_client
