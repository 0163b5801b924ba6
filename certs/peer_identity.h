#ifndef ENVEJ_CERTS_PEER_IDENTITY_H_
#define ENVEJ_CERTS_PEER_IDENTITY_H_

#include "absl/status/statusor.h"
#include "certs/identity.h"
#include "certs/peer_certificates.h"

namespace envej::certs {

// The participant that the call's peer proved to be (IdentifyParticipant). UNAUTHENTICATED if it is none; the message
// repeats nothing of the certificate. Cheap enough for every call, and safe from any thread.
absl::StatusOr<Identity> PeerIdentity(const PeerCertificate& peer, const SubjectTable& table);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_PEER_IDENTITY_H_
