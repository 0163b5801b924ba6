#include "broker/commands/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace envej::commands {
namespace {

constexpr size_t kPiece = size_t{1} << 18;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

absl::Status Failed(absl::string_view what, const std::string& path) {
  const absl::Status status = absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
  return absl::UnavailableError(status.message());
}

class Descriptor {
 public:
  explicit Descriptor(int file) : file_(file) {}
  ~Descriptor() {
    if (file_ >= 0) close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return file_; }

 private:
  const int file_;
};

// Gives the bytes of an ordinary file to `take`, a piece at a time.
absl::Status ReadPieces(const std::string& path, const std::function<absl::Status(absl::string_view piece)>& take) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return Failed("open", path);
  struct stat about = {};
  if (fstat(file.get(), &about) != 0) return Failed("read", path);
  if (!S_ISREG(about.st_mode)) return absl::FailedPreconditionError(absl::StrCat(path, " is not an ordinary file"));
  const auto buffer = std::make_unique<std::array<char, kPiece>>();
  while (true) {
    const ssize_t count = read(file.get(), buffer->data(), buffer->size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("read", path);
    if (count == 0) return absl::OkStatus();
    if (absl::Status status = take({buffer->data(), static_cast<size_t>(count)}); !status.ok()) return status;
  }
}

absl::Status WriteAll(int file, absl::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

// Writes what `fill` gives it, and syncs.
absl::Status WriteNew(const std::string& path, const std::function<absl::Status(int file)>& fill) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (file.get() < 0) return Failed("create", path);
  if (absl::Status status = fill(file.get()); !status.ok()) return status;
  return fsync(file.get()) == 0 ? absl::OkStatus() : Failed("sync", path);
}

}  // namespace

absl::StatusOr<FileSum> SumFile(const std::string& path) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const absl::Status cannot = absl::InternalError("SHA-256 fails");
  if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return cannot;
  FileSum sum;
  absl::Status status = ReadPieces(path, [&](absl::string_view piece) {
    sum.bytes += piece.size();
    return EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1 ? absl::OkStatus() : cannot;
  });
  if (!status.ok()) return status;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) return cannot;
  sum.sha256 = absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), length});
  return sum;
}

absl::Status WriteSynced(const std::string& path, absl::string_view bytes) {
  return WriteNew(path, [&](int file) { return WriteAll(file, bytes, path); });
}

absl::Status CopySynced(const std::string& from, const std::string& to) {
  return WriteNew(to, [&](int file) {
    return ReadPieces(from, [&](absl::string_view piece) { return WriteAll(file, piece, to); });
  });
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), kFolderMode) == 0) return absl::OkStatus();
  if (errno == EEXIST) return absl::AlreadyExistsError(absl::StrCat(path, " is there already"));
  return Failed("create", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : Failed("rename to", to);
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot remove ", path, ": ", error.message()));
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  return TakeOpened(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode), path);
}

absl::StatusOr<FileLock> FileLock::TakeFolder(const std::string& path) {
  return TakeOpened(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
}

absl::StatusOr<FileLock> FileLock::TakeOpened(int file, const std::string& path) {
  if (file < 0) return Failed("open", path);
  FileLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Failed("lock", path);
  return absl::FailedPreconditionError(absl::StrCat("another process holds ", path));
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock::~FileLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace envej::commands
