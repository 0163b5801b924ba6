#include "certs/tls_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {
namespace {

using grpc::experimental::IdentityKeyCertPair;
using grpc::experimental::StaticDataCertificateProvider;

absl::StatusOr<std::shared_ptr<StaticDataCertificateProvider>> MakeProvider(const TlsFiles& files) {
  absl::StatusOr<TlsMaterial> material = LoadTlsFiles(files, absl::Now());
  if (!material.ok()) return material.status();
  std::vector<IdentityKeyCertPair> pairs = {{std::string(material->private_key.view()), material->certificate_chain}};
  const WipedAtEnd wiped(pairs.front().private_key);
  return std::make_shared<StaticDataCertificateProvider>(material->authorities, pairs);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const TlsFiles& files) {
  absl::StatusOr<std::shared_ptr<StaticDataCertificateProvider>> provider = MakeProvider(files);
  if (!provider.ok()) return provider.status();
  return ServerCredentialsOf(*std::move(provider));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(
    std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider) {
  grpc::experimental::TlsServerCredentialsOptions options(std::move(provider));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::experimental::TlsServerCredentials(options);
  if (credentials == nullptr) return absl::InternalError("the server's TLS credentials were refused");
  return credentials;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const TlsFiles& files) {
  absl::StatusOr<std::shared_ptr<StaticDataCertificateProvider>> provider = MakeProvider(files);
  if (!provider.ok()) return provider.status();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(*std::move(provider));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::HostNameCertificateVerifier>());
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::experimental::TlsCredentials(options);
  if (credentials == nullptr) return absl::InternalError("the client's TLS credentials were refused");
  return credentials;
}

}  // namespace envej::certs
