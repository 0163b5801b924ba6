#include "certs/peer_identity.h"

#include <utility>
#include <vector>

namespace envej::certs {

absl::StatusOr<Identity> PeerIdentity(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return absl::UnauthenticatedError("the caller showed no certificate");
  // Not GetPeerIdentity: it mixes URI names with names of other types, which anybody may be issued.
  const std::vector<grpc::string_ref> uris = context.FindPropertyValues("peer_uri");
  if (uris.size() != 1) {
    return absl::UnauthenticatedError("the caller's certificate does not bear exactly one URI name");
  }
  absl::StatusOr<Identity> identity = ParseIdentityUri(absl::string_view(uris[0].data(), uris[0].size()));
  if (!identity.ok()) return absl::UnauthenticatedError("the caller's certificate names no participant");
  return identity;
}

absl::StatusOr<Certificate> PeerCertificate(const grpc::AuthContext& context) {
  const std::vector<grpc::string_ref> shown = context.FindPropertyValues("x509_pem_cert");
  if (shown.size() != 1) return absl::UnauthenticatedError("the caller showed no certificate");
  absl::StatusOr<std::vector<Certificate>> certificates =
      Certificate::FromPem(absl::string_view(shown[0].data(), shown[0].size()));
  if (!certificates.ok()) return absl::UnauthenticatedError("the caller's certificate cannot be read");
  return std::move(certificates->front());
}

}  // namespace envej::certs
