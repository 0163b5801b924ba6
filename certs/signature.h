#ifndef ENVEJ_CERTS_SIGNATURE_H_
#define ENVEJ_CERTS_SIGNATURE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/openssl_pointers.h"
#include "certs/revocation_set.h"

namespace envej::certs {

// Signs with one key: ECDSA on P-256 with SHA-256, in DER.
//
// Thread safety: all functions may be called from any thread.
class Signer {
 public:
  // The first certificate of the chain, and its key. INVALID_ARGUMENT for what is malformed, FAILED_PRECONDITION if the
  // key is not the certificate's, or is none on P-256.
  static absl::StatusOr<Signer> FromPem(absl::string_view certificate_chain, absl::string_view private_key);

  const Certificate& certificate() const { return certificate_; }
  // INTERNAL if the library fails.
  absl::StatusOr<std::string> Sign(absl::string_view bytes) const;

 private:
  Signer(Certificate certificate, KeyPointer key) : certificate_(std::move(certificate)), key_(std::move(key)) {}

  Certificate certificate_;
  KeyPointer key_;
};

// OK if `signature` is over `bytes` and by the certificate's key, which is one on P-256. DATA_LOSS otherwise, whatever
// the bytes of the signature are.
absl::Status CheckSignature(const Certificate& signer, absl::string_view bytes, absl::string_view signature);

// OK if the certificate is that of the broker `name` (its one URI name is urn:envej:broker:NAME, and it may prove a
// server) under one of `authorities`, valid at `at`, and not revoked from then or before; what it signed earlier holds.
// PERMISSION_DENIED with what does not hold otherwise. UNAVAILABLE if no revocation list that is current at `now` says
// anything of it: it cannot be judged. `revocations` is nullptr where revocation is not asked about.
absl::Status CheckBrokerSigner(const Certificate& signer, const std::vector<Certificate>& authorities,
                               absl::string_view name, absl::Time at, const RevocationSet* revocations, absl::Time now);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SIGNATURE_H_
