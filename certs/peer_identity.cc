#include "certs/peer_identity.h"

#include "absl/strings/str_cat.h"

namespace envej::certs {

namespace {

absl::StatusOr<Identity> Identified(const CertificateNames& names, const SubjectTable& table) {
  absl::StatusOr<Identity> identity = IdentifyParticipant(names, table);
  if (identity.ok()) return identity;
  return absl::UnauthenticatedError(absl::StrCat("the caller's certificate ", identity.status().message()));
}

}  // namespace

absl::StatusOr<Identity> PeerIdentity(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return absl::UnauthenticatedError("the caller showed no certificate");
  // Not GetPeerIdentity: it mixes URI names with names of other types, which anybody may be issued.
  CertificateNames names;
  for (const grpc::string_ref& uri : context.FindPropertyValues("peer_uri")) {
    names.uris.emplace_back(uri.data(), uri.size());
  }
  return Identified(names, SubjectTable());
}

absl::StatusOr<Identity> PeerIdentity(const PeerCertificate& peer, const SubjectTable& table) {
  return Identified(peer.names, table);
}

}  // namespace envej::certs
