#ifndef ENVEJ_CERTS_SERVER_CONTEXT_H_
#define ENVEJ_CERTS_SERVER_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/tls_files.h"

namespace envej::certs {

// A server's side of TLS for HTTPS and MLLP, whose certificate, key and authorities can be replaced while it serves,
// all of them together. A client without a certificate under one of the authorities fails the handshake. TLS 1.2 with
// ECDHE-ECDSA-AES256-GCM-SHA384 alone, or TLS 1.3; no session is resumed, so that each connection shows its certificate
// anew; no renegotiation; HTTP/1.1 is what is agreed on where the client asks.
//
// Connections that stand go on as they are: whoever makes a request is to be judged again at each request.
//
// Thread-safe.
class ServerContext {
 public:
  // `material` is as LoadTlsFiles checks it. INVALID_ARGUMENT if OpenSSL takes it not.
  static absl::StatusOr<std::unique_ptr<ServerContext>> Create(const TlsMaterial& material);

  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  // For the next connection. It may be used after this object is gone.
  std::shared_ptr<SSL_CTX> current() const;

  // An error, as Create's, changes nothing.
  absl::Status Replace(const TlsMaterial& material);

 private:
  explicit ServerContext(std::shared_ptr<SSL_CTX> context) : context_(std::move(context)) {}

  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SERVER_CONTEXT_H_
