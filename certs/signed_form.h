#ifndef ENVEJ_CERTS_SIGNED_FORM_H_
#define ENVEJ_CERTS_SIGNED_FORM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {

// The one form of what a sealed message holds: a CMS ContentInfo of SignedData, as sealing.h describes it. None of
// these empties OpenSSL's error queue.

// `key` is the signer's and on P-256.
absl::StatusOr<WipedBytes> Sign(absl::string_view payload, const Certificate& signer, EVP_PKEY& key);

// INVALID_ARGUMENT if it is anything but the one form: another or no signer, other algorithms, no signed attributes,
// unsigned ones, certificates or revocation lists within, no content or too much, or anything that follows. Says
// nothing about the signature.
absl::Status CheckSignedForm(absl::string_view der);

// The payload, if it is signed by this certificate's key and names this certificate; otherwise UNAUTHENTICATED, and the
// errors of CheckSignedForm.
absl::StatusOr<std::string> VerifiedPayload(absl::string_view der, const Certificate& signer);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SIGNED_FORM_H_
