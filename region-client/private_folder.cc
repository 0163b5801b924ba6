#include "region-client/private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

constexpr mode_t kFolderMode = 0700;

absl::Status CheckPrivate(int folder, const std::string& path) {
  struct stat about {};
  if (fstat(folder, &about) != 0) return FolderError("be examined", path, errno);
  if (about.st_uid != geteuid()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " belongs to another user; give it to the one that runs this with: chown -R USER ", path));
  }
  if ((about.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("others than the owner may enter ", path, "; make it private with: chmod 700 ", path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> OpenPrivateFolder(int at, const std::string& name, const std::string& path) {
  // With a slash behind it, a symbolic link would be followed.
  const std::string itself = name.substr(0, name.find_last_not_of('/') + 1);
  const bool made = mkdirat(at, itself.c_str(), kFolderMode) == 0;
  if (!made && errno != EEXIST) return FolderError("be made", path, errno);
  const int folder = openat(at, itself.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 && (errno == ENOTDIR || errno == ELOOP)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is a link or no folder; name the folder itself"));
  }
  if (folder < 0) return FolderError("be opened as a folder", path, errno);
  const bool is_set = !made || fchmod(folder, kFolderMode) == 0;
  const absl::Status status = is_set ? CheckPrivate(folder, path) : FolderError("be made private", path, errno);
  if (status.ok()) return folder;
  close(folder);
  return status;
}

absl::Status FolderError(absl::string_view what, absl::string_view folder, int error) {
  const std::string text = absl::StrCat(folder, ": cannot ", what, ": ", std::strerror(error));
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
      return absl::UnavailableError(text);
  }
}

}  // namespace envej::region
