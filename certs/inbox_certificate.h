#ifndef ENVEJ_CERTS_INBOX_CERTIFICATE_H_
#define ENVEJ_CERTS_INBOX_CERTIFICATE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/revocation_set.h"

namespace envej::certs {

// Whether notices for this municipality (four digits) may be sealed to the certificate, as of `now`. It may if all of
// these hold; FAILED_PRECONDITION says, with a text of its own for each, the first that does not:
//   it is valid now, and no authority's
//   its one URI name is urn:envej:municipality:CODE
//   its key usage is critical and keyAgreement alone, its extended key usage emailProtection alone (a certificate for
//   TLS is thus never taken for one)
//   its key is on P-256
//   one of `authorities` issued it, each of which is trusted as it stands, root or not, while it is valid (what is no
//   authority is passed over); signatures are of the strength of 112 bits or more
// Revocation is asked by CheckInboxStanding. Reads no clock; safe from any thread; leaves OpenSSL's error queue empty.
absl::Status CheckInboxCertificate(const Certificate& certificate, const std::vector<Certificate>& authorities,
                                   absl::string_view municipality_code, absl::Time now);

// OK if the lists say of the certificate, as of `now`, that it is good. PERMISSION_DENIED if it is revoked, from
// whatever date on: what is sealed now is opened later. UNAVAILABLE if no current list says anything of it.
absl::Status CheckInboxStanding(const Certificate& certificate, const RevocationSet& revocations, absl::Time now);

// Whether the certificate states the two usages of an inbox certificate and no others.
bool IsForAnInbox(const X509& certificate);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_INBOX_CERTIFICATE_H_
