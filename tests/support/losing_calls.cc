// The program's own calls of the operating system on the files of a LosingDisk. The linker brings them here (--wrap);
// calls on other files, and those of shared libraries, go on as ever.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/losing_disk.h"

namespace envej::support {
namespace {

std::atomic<LosingDisk*> current{nullptr};

int Refuse() {
  errno = EIO;
  return -1;
}

// The disk that has this path; null if none has.
LosingDisk* DiskOf(const std::string& path) {
  LosingDisk* const disk = current;
  return disk != nullptr && disk->Has(path) ? disk : nullptr;
}

std::string PathOf(int file) {
  if (current == nullptr) return "";
  std::array<char, 4096> path{};
  const ssize_t size = readlink(absl::StrCat("/proc/self/fd/", file).c_str(), path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size)) : "";
}

bool IsFolder(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

LosingDisk::LosingDisk(std::string folder) : folder_(std::move(folder)) { current = this; }
LosingDisk::~LosingDisk() { current = nullptr; }
LosingDisk* LosingDisk::Current() { return current; }

}  // namespace envej::support

using envej::support::DiskOf;
using envej::support::IsFolder;
using envej::support::LosingDisk;
using envej::support::PathOf;
using envej::support::Refuse;

extern "C" {

int __real_open(const char* path, int flags, ...);
ssize_t __real_pwrite(int file, const void* bytes, size_t count, off_t place);
int __real_fsync(int file);
int __real_fdatasync(int file);
int __real_mkdir(const char* path, mode_t mode);
int __real_rename(const char* from, const char* to);

int __wrap_open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  LosingDisk* const disk = DiskOf(path);
  const bool creates = disk != nullptr && (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
  if (creates && !disk->BeforeChange(path)) return Refuse();
  const int file = __real_open(path, flags, mode);
  if (creates && file >= 0) disk->Created(path);
  return file;
}

ssize_t __wrap_pwrite(int file, const void* bytes, size_t count, off_t place) {
  const std::string path = PathOf(file);
  LosingDisk* const disk = DiskOf(path);
  if (disk == nullptr) return __real_pwrite(file, bytes, count, place);
  if (!disk->BeforeWrite(path, static_cast<uint64_t>(place), count)) return Refuse();
  const ssize_t written = __real_pwrite(file, bytes, count, place);
  return disk->AfterWrite(path) ? written : Refuse();
}

int __wrap_fsync(int file) {
  const std::string path = PathOf(file);
  if (IsFolder(file)) {
    LosingDisk* const disk = DiskOf(path + "/");
    if (disk == nullptr) return __real_fsync(file);
    return disk->SyncFolder(path) ? 0 : Refuse();
  }
  LosingDisk* const disk = DiskOf(path);
  if (disk == nullptr) return __real_fsync(file);
  return disk->BeforeSync(path) && disk->AfterSync(path) ? 0 : Refuse();
}

int __wrap_fdatasync(int file) {
  if (DiskOf(PathOf(file)) == nullptr) return __real_fdatasync(file);
  return __wrap_fsync(file);
}

int __wrap_mkdir(const char* path, mode_t mode) {
  LosingDisk* const disk = DiskOf(path);
  if (disk != nullptr && !disk->BeforeChange(path)) return Refuse();
  const int made = __real_mkdir(path, mode);
  if (disk != nullptr && made == 0) disk->Created(path);
  return made;
}

int __wrap_rename(const char* from, const char* to) {
  LosingDisk* const disk = DiskOf(to);
  if (disk == nullptr) return __real_rename(from, to);
  if (!disk->BeforeChange(to)) return Refuse();
  disk->Renaming(from, to);
  return __real_rename(from, to);
}

}  // extern "C"
