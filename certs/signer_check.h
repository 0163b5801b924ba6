#ifndef ENVEJ_CERTS_SIGNER_CHECK_H_
#define ENVEJ_CERTS_SIGNER_CHECK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/openssl_pointers.h"
#include "certs/revocation_set.h"

namespace envej::certs {

// Judges the certificate of one who signed a notice, as of the time at which the broker accepted that; or of one who
// calls, as of now. A signature that was good then stays good when its certificate has expired since, or has been
// revoked from a later date on.
//
// Whether the certificate's key made the signature is another question, and so is whether an authority itself was
// revoked: it is trusted for as long as it is among those given.
//
// Cheap to copy, never changes, safe from any thread.
class SignerCheck {
 public:
  static constexpr size_t kAuthoritiesMost = 100;

  // Chains end at any of the authorities, also one that is itself issued by another. INVALID_ARGUMENT for none or more
  // than kAuthoritiesMost.
  static absl::StatusOr<SignerCheck> Create(const std::vector<Certificate>& authorities);

  // The participant who signed; or the name of the broker that did. `revocations` is nullptr where revocation is not
  // configured. `now` decides whether the revocation lists are still current, and `accepted_at` all else.
  //
  // FAILED_PRECONDITION (PERMISSION_DENIED for the last), with a text that says which of these does not hold and
  // repeats nothing of the certificate:
  //   a chain of certificates to an authority, each valid at `accepted_at` and strong enough (112 bits);
  //   it is no authority's itself;
  //   usages, where it states any: digital signature, and client for a participant or server for a broker;
  //   names: of one participant, as IdentifyParticipant has it; or the one URI name is a broker's;
  //   not revoked from `accepted_at` or before; a certificate on hold is revoked from when it was put there.
  // UNAVAILABLE if no current revocation list says anything of it: ask again with newer ones.
  absl::StatusOr<Identity> Participant(const Certificate& signer, const SubjectTable& table, absl::Time accepted_at,
                                       const RevocationSet* revocations, absl::Time now) const;
  absl::StatusOr<std::string> Broker(const Certificate& signer, absl::Time accepted_at,
                                     const RevocationSet* revocations, absl::Time now) const;

 private:
  using Store = std::shared_ptr<X509_STORE>;

  explicit SignerCheck(Store store) : store_(std::move(store)) {}

  absl::Status Check(const Certificate& signer, int purpose, absl::Time accepted_at, const RevocationSet* revocations,
                     absl::Time now) const;
  absl::Status CheckChain(const Certificate& signer, int purpose, absl::Time accepted_at) const;

  Store store_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SIGNER_CHECK_H_
