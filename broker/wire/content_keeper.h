#ifndef ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_
#define ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/admission/participants.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/signer_certificates.h"
#include "broker/wire/gate.h"
#include "certs/certificate.h"
#include "envej/v1/inbox_service.pb.h"
#include "envej/v1/notice.pb.h"

namespace envej::wire {

// Makes what is kept of a notice: its envelope, and content that only the municipality can open. What arrives plain is
// sealed in the broker's name; what arrives sealed is kept as it is, when the municipality will be able to open it.
//
// Thread safety: any thread.
class ContentKeeper {
 public:
  // It must outlive this and all that this makes.
  explicit ContentKeeper(inbox::SignerCertificates& signers) : signers_(signers) {}

  // `message` has passed every rule of the contract, and names this municipality of the caller's trust. The notice is
  // the caller's, or that of a region for which it speaks.
  //
  // Refused, when it is called: INBOX_CERTIFICATE_MISSING, CONTENT_NOT_SEALED, SEALED_CONTENT_INVALID,
  // SEALED_TO_ANOTHER, SIGNER_UNKNOWN.
  inbox::Keep Keep(const Caller& caller, std::string region_code, v1::Notice message,
                   const admission::Municipality& municipality, absl::Time now) const;
  // The same of a withdrawal, which is kept where the municipality has something to erase.
  inbox::Keep Keep(const Caller& caller, std::string region_code, v1::Withdrawal message,
                   const admission::Municipality& municipality, absl::Time now) const;

 private:
  // What is kept of sealed content, and the signer's certificate, where that is not kept yet.
  struct Sealed {
    v1::SealedContent content;
    std::vector<store::KeyValue> besides;
  };

  // Seals the payload in the broker's name.
  absl::StatusOr<Sealed> Seal(const Caller& caller, absl::string_view payload,
                              const std::vector<certs::Certificate>& in_force) const;
  // What a sender has sealed.
  absl::StatusOr<Sealed> Check(const Caller& caller, const v1::SealedContent& sent,
                               const std::vector<certs::Certificate>& in_force) const;

  inbox::SignerCertificates& signers_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_CONTENT_KEEPER_H_
