#ifndef ENVEJ_CERTS_TLS_FILES_H_
#define ENVEJ_CERTS_TLS_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {

// Paths of the PEM files by which a program proves who it is and judges others.
struct TlsFiles {
  std::string certificate_chain;  // own certificate first, then those between it and its authority
  std::string private_key;        // of the first certificate; mode 0600 or narrower
  std::string authorities;        // those whose certificates are accepted
};

// Their contents, checked: every file parses, the key belongs to the first certificate, and that certificate and at
// least one authority are within their validity.
struct TlsMaterial {
  std::string certificate_chain;
  WipedText private_key;
  std::string authorities;
};

// Reads and checks all three files as of `now`. An error is one line that names the file and what to do, so that no
// bad file ever becomes an unexplained failed handshake.
absl::StatusOr<TlsMaterial> LoadTlsFiles(const TlsFiles& files, absl::Time now);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_TLS_FILES_H_
