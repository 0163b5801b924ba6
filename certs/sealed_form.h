#ifndef ENVEJ_CERTS_SEALED_FORM_H_
#define ENVEJ_CERTS_SEALED_FORM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"

namespace envej::certs {

// The one form of a sealed message, checked without any key and before OpenSSL reads it. DER throughout:
//   ContentInfo of AuthEnvelopedData (RFC 5083), version 0, without originator, attributes or anything trailing;
//   1 to kSealRecipientsMost recipients, each by key agreement (RFC 5753) with a P-256 key made for this message
//   (uncompressed point), dhSinglePass-stdDH-sha256kdf-scheme and AES-256 key wrap, optionally user keying material of
//   at most 64 bytes, and named by issuer and serial number;
//   content of type data under AES-256-GCM (RFC 5084), nonce of 12 bytes, tag of 16.
// Gives for each recipient what NameInSealing gives for its certificate; they point into `cms`. INVALID_ARGUMENT for
// anything else; the message says which of these parts is wrong, and repeats nothing of it.
absl::StatusOr<std::vector<absl::string_view>> ReadSealedForm(absl::string_view cms);

// How a sealed message names a certificate: the DER of its issuer, byte for byte, followed by that of its serial
// number.
std::string NameInSealing(const Certificate& certificate);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SEALED_FORM_H_
