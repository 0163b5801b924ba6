#include "certs/peer_identity.h"

#include "absl/strings/str_cat.h"

namespace envej::certs {

absl::StatusOr<Identity> PeerIdentity(const PeerCertificate& peer, const SubjectTable& table) {
  absl::StatusOr<Identity> identity = IdentifyParticipant(peer.names, table);
  if (identity.ok()) return identity;
  return absl::UnauthenticatedError(absl::StrCat("the caller's certificate ", identity.status().message()));
}

}  // namespace envej::certs
