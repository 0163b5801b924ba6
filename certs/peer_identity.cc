#include "certs/peer_identity.h"

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

}  // namespace envej::certs
