#ifndef ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_
#define ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_

#include <string>

#include "absl/time/time.h"
#include "broker/admission/participants.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/signer_certificates.h"
#include "certs/certificate.h"
#include "certs/sealing.h"
#include "envej/v1/notice.pb.h"

namespace envej::wire {

// Makes what is kept of a notice: its envelope, and content that only the municipality can open. What arrives plain is
// sealed in the broker's name; what arrives sealed is kept as it is, when the municipality will be able to open it.
//
// Thread safety: any thread.
class ContentKeeper {
 public:
  // Both must outlive it and all that it makes.
  ContentKeeper(const certs::Sealer& sealer, inbox::SignerCertificates& signers) : sealer_(sealer), signers_(signers) {}

  // `message` has passed every rule of the contract; `shown` is the certificate with which the region calls; the
  // municipality lives as long as what is made.
  //
  // Refused, when it is called: INBOX_CERTIFICATE_MISSING, CONTENT_NOT_SEALED, SEALED_CONTENT_INVALID, SEALED_TO_ANOTHER,
  // SIGNER_UNKNOWN.
  inbox::Keep Keep(const std::string& region_code, const certs::Certificate& shown, v1::Notice message,
                   const admission::Municipality& municipality, absl::Time now) const;

 private:
  absl::StatusOr<inbox::Kept> KeepPlain(const std::string& region_code, const v1::Notice& message,
                                        const std::vector<certs::Certificate>& in_force) const;
  absl::StatusOr<inbox::Kept> KeepSealed(const std::string& region_code, const certs::Certificate& shown,
                                         const v1::Notice& message,
                                         const std::vector<certs::Certificate>& in_force) const;

  const certs::Sealer& sealer_;
  inbox::SignerCertificates& signers_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_
