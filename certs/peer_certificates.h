#ifndef ENVEJ_CERTS_PEER_CERTIFICATES_H_
#define ENVEJ_CERTS_PEER_CERTIFICATES_H_

#include <grpcpp/security/auth_context.h>

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"

namespace envej::certs {

// The certificates of those who call, each read once: every call asks, and a connection makes many. Keeps those that
// were asked for last. Says nothing of whether a certificate is good, and of whom it is: signer_check.h does.
// Thread-safe.
class PeerCertificates {
 public:
  static constexpr size_t kMostByDefault = 1024;

  // Keeps at most `most` certificates, at least one.
  explicit PeerCertificates(size_t most = kMostByDefault);

  // The certificate with which the call's peer proved who it is, also where a TLS session was resumed. UNAUTHENTICATED
  // if there is none, or it cannot be read.
  absl::StatusOr<Certificate> Of(const grpc::AuthContext& context);

  // The same by the certificate's PEM text: about 0.1 us where it is kept. UNAUTHENTICATED for anything but one
  // certificate of at most 24 KiB.
  absl::StatusOr<Certificate> Read(absl::string_view pem);

  size_t size() const;  // how many are kept

 private:
  struct Kept {
    std::string pem;
    Certificate certificate;
  };
  struct TextHash {
    size_t operator()(absl::string_view text) const;
  };

  std::optional<Certificate> Find(absl::string_view pem);
  void Keep(absl::string_view pem, const Certificate& certificate);

  const size_t most_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;                                                               // the last asked for first
  std::unordered_map<absl::string_view, std::list<Kept>::iterator, TextHash> by_pem_;  // views into kept_
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_PEER_CERTIFICATES_H_
