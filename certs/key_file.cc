#include "certs/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {
namespace {

constexpr size_t kKeyFileBytes = 64 << 10;
constexpr size_t kCertificateFileBytes = 1 << 20;
constexpr size_t kRevocationListFileBytes = 8 << 20;

class Descriptor {
 public:
  // Without blocking, so that a named pipe in a file's place is refused instead of waited for.
  explicit Descriptor(const std::string& path) : value_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int value() const { return value_; }

 private:
  int value_;
};

absl::StatusOr<std::string> ReadBounded(int descriptor, const std::string& path, size_t limit) {
  std::string contents(limit + 1, '\0');
  size_t size = 0;
  while (size < contents.size()) {
    const ssize_t count = read(descriptor, contents.data() + size, contents.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  if (size > limit) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is larger than ", limit, " bytes: name another file"));
  }
  contents.resize(size);
  return contents;
}

absl::StatusOr<std::string> ReadRegularFile(absl::string_view path_view, size_t limit, bool private_to_owner) {
  const std::string path(path_view);
  const Descriptor file(path);
  if (file.value() < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path, " (check its name and permissions)"));
  }
  struct stat status {};
  if (fstat(file.value(), &status) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file: name a file"));
  }
  const mode_t mode = status.st_mode & 07777;
  if (private_to_owner && (mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is open to others (mode 0", (mode >> 6) & 7,
                                                      (mode >> 3) & 7, mode & 7, "): run chmod 600 ", path));
  }
  // Whoever owns it can change it, and read it whatever its mode says.
  const uid_t self = geteuid();
  if (private_to_owner && status.st_uid != self && status.st_uid != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to another user (number ", status.st_uid,
                                                      "), who can change it: run chown ", self, " ", path));
  }
  return ReadBounded(file.value(), path, limit);
}

}  // namespace

absl::StatusOr<std::string> ReadKeyFile(absl::string_view path) { return ReadRegularFile(path, kKeyFileBytes, true); }

absl::StatusOr<std::string> ReadCertificateFile(absl::string_view path) {
  return ReadRegularFile(path, kCertificateFileBytes, false);
}

absl::StatusOr<std::string> ReadRevocationListFile(absl::string_view path) {
  return ReadRegularFile(path, kRevocationListFileBytes, false);
}

absl::StatusOr<std::string> ReadSecretFile(absl::string_view path) {
  absl::StatusOr<std::string> contents = ReadKeyFile(path);
  if (!contents.ok()) return contents.status();
  const WipedAtEnd wiped(*contents);
  absl::string_view digits = *contents;
  absl::ConsumeSuffix(&digits, "\n");
  const bool hexadecimal = std::all_of(digits.begin(), digits.end(), [](char character) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(character));
  });
  if (digits.size() != 2 * kSecretBytes || !hexadecimal) {
    return absl::InvalidArgumentError(absl::StrCat(path, " does not hold a secret of ", 2 * kSecretBytes,
                                                   " hexadecimal digits: make one with envej-certs secret"));
  }
  return absl::HexStringToBytes(digits);
}

}  // namespace envej::certs
