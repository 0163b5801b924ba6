#ifndef ENVEJ_CERTS_TLS_CREDENTIALS_H_
#define ENVEJ_CERTS_TLS_CREDENTIALS_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>

#include <memory>

#include "absl/status/statusor.h"
#include "certs/tls_files.h"

namespace envej::certs {

// Both read and check the files once, now; the errors are those of LoadTlsFiles. TLS 1.2 or newer.

// A server's side: a caller without a certificate under one of the authorities fails the handshake. Who the caller is
// says PeerIdentity.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const TlsFiles& files);

// The same with whatever the provider gives, also later.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(
    std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider);

// A client's side: it shows its own certificate, and the server's must lead to one of the authorities and bear the
// host name or address that was dialled.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const TlsFiles& files);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_TLS_CREDENTIALS_H_
