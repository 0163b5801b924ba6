#include "certs/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace envej::certs {
namespace {

absl::Status Failed(absl::string_view what, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

absl::Status AlreadyThere(absl::string_view path) {
  return absl::AlreadyExistsError(absl::StrCat(path, " is there already and was left as it is"));
}

bool IsThere(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

// Removes what it still holds when it goes: files that were written but not moved into place.
class Leftovers {
 public:
  Leftovers() = default;
  ~Leftovers() {
    for (const std::string& path : files_) unlink(path.c_str());
    if (!directory_.empty()) rmdir(directory_.c_str());
  }
  Leftovers(const Leftovers&) = delete;
  Leftovers& operator=(const Leftovers&) = delete;

  void AddFile(const std::string& path) { files_.push_back(path); }
  void SetDirectory(const std::string& path) { directory_ = path; }
  void Keep() {
    files_.clear();
    directory_.clear();
  }

 private:
  std::vector<std::string> files_;
  std::string directory_;
};

absl::Status WriteAll(int descriptor, absl::string_view contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t count = write(descriptor, contents.data(), contents.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("write", path);
    contents.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

// Writes and syncs under the name in `path`, whose last six characters must be XXXXXX and are replaced.
absl::Status WriteTemporary(std::string& path, const NewFile& file, Leftovers& leftovers) {
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return Failed("write", file.path);
  leftovers.AddFile(path);
  absl::Status status = WriteAll(descriptor, file.contents, file.path);
  if (status.ok() && fchmod(descriptor, file.mode) != 0) status = Failed("set the mode of", file.path);
  if (status.ok() && fsync(descriptor) != 0) status = Failed("sync", file.path);
  if (close(descriptor) != 0 && status.ok()) status = Failed("write", file.path);
  return status;
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status SyncDirectory(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("open", path);
  absl::Status status = fsync(descriptor) == 0 ? absl::OkStatus() : Failed("sync", path);
  close(descriptor);
  return status;
}

// A link, unlike a rename, never replaces what came there in the meantime.
absl::Status MoveIntoPlace(const std::string& from, const std::string& to, WhenThere when_there) {
  if (when_there == WhenThere::kReplace) {
    return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : Failed("write", to);
  }
  if (link(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return errno == EEXIST ? AlreadyThere(to) : Failed("write", to);
}

}  // namespace

absl::Status WriteFiles(const std::vector<NewFile>& files, WhenThere when_there) {
  Leftovers temporaries;
  Leftovers moved;
  std::vector<std::string> temporary_paths;
  for (const NewFile& file : files) {
    if (when_there == WhenThere::kRefuse && IsThere(file.path)) return AlreadyThere(file.path);
    std::string& path = temporary_paths.emplace_back(absl::StrCat(file.path, ".XXXXXX"));
    if (absl::Status written = WriteTemporary(path, file, temporaries); !written.ok()) return written;
  }
  for (size_t index = 0; index < files.size(); ++index) {
    const std::string& path = files[index].path;
    if (absl::Status status = MoveIntoPlace(temporary_paths[index], path, when_there); !status.ok()) return status;
    if (when_there == WhenThere::kRefuse) moved.AddFile(path);
  }
  for (const NewFile& file : files) {
    if (absl::Status synced = SyncDirectory(ParentOf(file.path)); !synced.ok()) return synced;
  }
  moved.Keep();
  return absl::OkStatus();
}

absl::Status WriteDirectory(absl::string_view directory, const std::vector<NewFile>& files) {
  std::string place(directory);
  while (place.size() > 1 && place.back() == '/') place.pop_back();
  if (IsThere(place)) return AlreadyThere(place);
  Leftovers leftovers;
  std::string temporary = absl::StrCat(place, ".XXXXXX");
  if (mkdtemp(temporary.data()) == nullptr) return Failed("make", place);
  leftovers.SetDirectory(temporary);
  for (NewFile file : files) {
    file.path = absl::StrCat(temporary, "/", file.path);
    leftovers.AddFile(file.path);
    if (absl::Status written = WriteFiles({file}, WhenThere::kRefuse); !written.ok()) return written;
  }
  if (rename(temporary.c_str(), place.c_str()) != 0) {
    return errno == ENOTEMPTY || errno == EEXIST ? AlreadyThere(place) : Failed("make", place);
  }
  leftovers.Keep();
  return SyncDirectory(ParentOf(place));
}

}  // namespace envej::certs
