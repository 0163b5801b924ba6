#include "certs/replaceable_credentials.h"

#include <fcntl.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/tls_credentials.h"

namespace envej::certs {
namespace {

constexpr unsigned kReadEverySeconds = 1;

absl::Status NoFile(int error) {
  return absl::ResourceExhaustedError(
      absl::StrCat("no file in memory for TLS: ", absl::ErrnoToStatus(error, "").message()));
}

bool WriteAll(int descriptor, absl::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// A descriptor that is closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int value() const { return value_; }

 private:
  int value_;
};

// A file without a name. `generation` becomes its time of change, by which gRPC tells whether what it read of two files
// belongs together.
absl::StatusOr<Descriptor> MakeFile(absl::string_view contents, time_t generation) {
  Descriptor file(memfd_create("envej-tls", MFD_CLOEXEC));
  if (file.value() < 0) return NoFile(errno);
  const timespec changed{.tv_sec = generation, .tv_nsec = 0};
  const timespec times[] = {changed, changed};
  if (fchmod(file.value(), S_IRUSR | S_IWUSR) != 0 || !WriteAll(file.value(), contents) ||
      futimens(file.value(), times) != 0) {
    return NoFile(errno);
  }
  return file;
}

std::string PathOf(const Descriptor& file) { return absl::StrCat("/proc/self/fd/", file.value()); }

}  // namespace

// The two files that gRPC reads. Each keeps its descriptor's number, and so its path, when it is exchanged.
struct ReplaceableCredentials::Files {
  static absl::StatusOr<Files> Make(const TlsMaterial& material, time_t generation) {
    std::string identity = absl::StrCat(material.private_key.view(), "\n", material.certificate_chain);
    absl::StatusOr<Descriptor> identity_file = MakeFile(identity, generation);
    OPENSSL_cleanse(identity.data(), identity.size());
    if (!identity_file.ok()) return identity_file.status();
    absl::StatusOr<Descriptor> authorities_file = MakeFile(material.authorities, generation);
    if (!authorities_file.ok()) return authorities_file.status();
    return Files{*std::move(identity_file), *std::move(authorities_file)};
  }

  Descriptor identity;  // key and chain
  Descriptor authorities;
};

ReplaceableCredentials::ReplaceableCredentials(std::unique_ptr<Files> files) : files_(std::move(files)) {}

ReplaceableCredentials::~ReplaceableCredentials() = default;

absl::StatusOr<std::unique_ptr<ReplaceableCredentials>> ReplaceableCredentials::Create(const TlsMaterial& material) {
  absl::StatusOr<Files> files = Files::Make(material, 1);
  if (!files.ok()) return files.status();
  auto made =
      std::unique_ptr<ReplaceableCredentials>(new ReplaceableCredentials(std::make_unique<Files>(*std::move(files))));
  const std::string identity = PathOf(made->files_->identity);
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      ServerCredentialsOf(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          identity, identity, PathOf(made->files_->authorities), kReadEverySeconds));
  if (!credentials.ok()) return credentials.status();
  made->credentials_ = *std::move(credentials);
  return made;
}

absl::Status ReplaceableCredentials::Replace(const TlsMaterial& material) {
  const std::lock_guard lock(mutex_);
  const absl::StatusOr<Files> next = Files::Make(material, ++generation_);
  if (!next.ok()) return next.status();
  // Onto a descriptor that is open this cannot fail but for an interruption by a signal.
  while (dup3(next->identity.value(), files_->identity.value(), O_CLOEXEC) < 0) {
    if (errno != EINTR) return NoFile(errno);
  }
  while (dup3(next->authorities.value(), files_->authorities.value(), O_CLOEXEC) < 0) {
    if (errno != EINTR) return NoFile(errno);
  }
  return absl::OkStatus();
}

}  // namespace envej::certs
