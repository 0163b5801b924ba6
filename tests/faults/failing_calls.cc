// libenvej_failing_calls.so, for LD_PRELOAD: makes one call to the system fail, on files of some name, once. Nothing of
// it is linked into any program.
//
// ENVEJ_FAILING_CALLS names a file. While it is not there, nothing fails. It holds one line:
//   CALL ERRNO COUNT PART
// the COUNT-th CALL (write, pwrite, fsync, fdatasync, rename, open, ftruncate or fallocate; `open` only where a file
// may be made) from then on, on a file whose path has PART in it, fails with ERRNO (EIO, ENOSPC, EROFS). Then the file
// PATH.failed is made, and every write to a path with PART in it that comes after, and is carried out, appends one
// byte to it. With HANG for ERRNO the call does not fail: it is carried out once the file PATH is gone, or after two
// minutes.

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace {

constexpr size_t kPath = 4096;
constexpr size_t kWord = 64;
constexpr int kHangs = 0;  // as an error
constexpr int kHangingLooks = 12'000;
constexpr useconds_t kBetweenLooks = 10'000;

struct Plan {
  char call[kWord];
  int error;
  int count;
  char part[kWord];
};

std::mutex mutex;
bool planned = false;
bool failed = false;
Plan plan;
thread_local bool inside = false;

template <typename Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int ErrorNamed(const char* name) {
  if (std::strcmp(name, "HANG") == 0) return kHangs;
  if (std::strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (std::strcmp(name, "EROFS") == 0) return EROFS;
  return EIO;
}

void ReadPlan() {
  const char* const path = std::getenv("ENVEJ_FAILING_CALLS");
  if (path == nullptr || access(path, F_OK) != 0) return;
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return;
  char error[kWord] = {};
  planned = std::fscanf(file, "%63s %63s %d %63s", plan.call, error, &plan.count, plan.part) == 4;
  plan.error = ErrorNamed(error);
  std::fclose(file);
}

void Report(bool is_more) {
  char path[kPath] = {};
  std::snprintf(path, sizeof path, "%s.failed", std::getenv("ENVEJ_FAILING_CALLS"));
  std::FILE* const file = std::fopen(path, "ae");
  if (file == nullptr) return;
  if (is_more) std::fputc('+', file);
  std::fclose(file);
}

void Hang() {
  for (int look = 0; look < kHangingLooks && access(std::getenv("ENVEJ_FAILING_CALLS"), F_OK) == 0; ++look) {
    usleep(kBetweenLooks);
  }
}

// Whether this call is the one.
bool IsMet(const char* call, const char* path) {
  const std::lock_guard lock(mutex);
  if (!planned) ReadPlan();
  if (!planned || std::strstr(path, plan.part) == nullptr) return false;
  if (!failed && std::strcmp(call, plan.call) == 0 && --plan.count == 0) {
    failed = true;
    Report(false);
    return true;
  }
  if (failed && std::strstr(call, "write") != nullptr) Report(true);
  return false;
}

// Whether this call fails; errno is set then.
bool Fails(const char* call, const char* path) {
  if (inside) return false;
  inside = true;
  const bool is_met = IsMet(call, path);
  const bool fails = is_met && plan.error != kHangs;
  if (is_met && !fails) Hang();
  inside = false;
  if (fails) errno = plan.error;
  return fails;
}

bool FailsOn(const char* call, int descriptor) {
  if (inside) return false;
  char link[kWord] = {};
  char path[kPath] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const int before = errno;
  const ssize_t size = readlink(link, path, sizeof path - 1);
  errno = before;
  return size > 0 && path[0] == '/' && Fails(call, path);
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t)>("write");
  return FailsOn("write", file) ? -1 : real(file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t place) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return FailsOn("pwrite", file) ? -1 : real(file, bytes, size, place);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t place) {
  static const auto real = Real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return FailsOn("pwrite", file) ? -1 : real(file, bytes, size, place);
}

int fsync(int file) {
  static const auto real = Real<int (*)(int)>("fsync");
  return FailsOn("fsync", file) ? -1 : real(file);
}

int fdatasync(int file) {
  static const auto real = Real<int (*)(int)>("fdatasync");
  return FailsOn("fdatasync", file) ? -1 : real(file);
}

int ftruncate(int file, off_t size) noexcept {
  static const auto real = Real<int (*)(int, off_t)>("ftruncate");
  return FailsOn("ftruncate", file) ? -1 : real(file, size);
}

int fallocate(int file, int mode, off_t from, off_t size) {
  static const auto real = Real<int (*)(int, int, off_t, off_t)>("fallocate");
  return FailsOn("fallocate", file) ? -1 : real(file, mode, from, size);
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = Real<int (*)(const char*, const char*)>("rename");
  return Fails("rename", to) ? -1 : real(from, to);
}

int open(const char* path, int flags, ...) {
  static const auto real = Real<int (*)(const char*, int, ...)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return (flags & O_CREAT) != 0 && Fails("open", path) ? -1 : real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = Real<int (*)(const char*, int, ...)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return (flags & O_CREAT) != 0 && Fails("open", path) ? -1 : real(path, flags, mode);
}

}  // extern "C"
