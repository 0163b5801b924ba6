#ifndef ENVEJ_CERTS_KEY_FILE_H_
#define ENVEJ_CERTS_KEY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::certs {

// Files that hold certificates and keys. Every error is one line that names the file and what to do about it:
// NOT_FOUND if there is none, FAILED_PRECONDITION if it may not be used as it is, INVALID_ARGUMENT if its contents are
// wrong. No error repeats contents. Safe from any thread.

// A private key or a secret: a regular file of this process's effective user or of root, that nobody but its owner may
// read, write or run (mode 0600 or narrower), of at most 64 KiB. Owner and mode are those of the opened file, so it
// cannot be exchanged in between. The caller wipes what it gets (wiped_bytes.h).
absl::StatusOr<std::string> ReadKeyFile(absl::string_view path);

// A certificate file: regular, of at most 1 MiB, any mode.
absl::StatusOr<std::string> ReadCertificateFile(absl::string_view path);

// A file of revocation lists: regular, of at most 8 MiB, any mode.
absl::StatusOr<std::string> ReadRevocationListFile(absl::string_view path);

inline constexpr size_t kSecretBytes = 32;

// The 32 bytes of a secret file as `envej-certs secret` makes it: 64 hexadecimal digits and a line end.
absl::StatusOr<std::string> ReadSecretFile(absl::string_view path);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_KEY_FILE_H_
