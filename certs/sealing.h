#ifndef ENVEJ_CERTS_SEALING_H_
#define ENVEJ_CERTS_SEALING_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/openssl_pointers.h"
#include "certs/sealing_limits.h"
#include "certs/wiped_bytes.h"

namespace envej::certs {

// Sealing: a payload is signed by its sender, and then encrypted so that only its recipients can read who signed what.
//   payload -> CMS SignedData (RFC 5652): SHA-256, ECDSA on P-256, signed attributes (content type, signing time,
//   message digest), one signer named by issuer and serial number, no certificates within
//   -> CMS AuthEnvelopedData of it, as sealed_form.h has it.
// Nothing but the form is checked of a certificate: whether it may be sealed to, or believed, is for the caller to
// decide (inbox_certificate.h). Everything here is safe from any thread, leaves OpenSSL's error queue empty, wipes its
// own plain buffers, and repeats in no error what it read. A std::string with a payload is the caller's to wipe.

// Signs and encrypts, in the name of one certificate.
class Sealer {
 public:
  // INVALID_ARGUMENT if the key is not the certificate's, or not on P-256.
  static absl::StatusOr<Sealer> Create(Certificate certificate, KeyPointer key);

  // A sealed message that each recipient's key opens by itself. INVALID_ARGUMENT if payload, number of recipients or
  // result break the bounds of sealing_limits.h, or a recipient's key is not on P-256. Two calls never give the same.
  absl::StatusOr<std::string> Seal(absl::string_view payload, const std::vector<Certificate>& recipients) const;

  const Certificate& certificate() const { return certificate_; }

 private:
  Sealer(Certificate certificate, KeyPointer key) : certificate_(std::move(certificate)), key_(std::move(key)) {}

  Certificate certificate_;
  KeyPointer key_;
};

// What an opened message holds. Safe to read from several threads.
class SignedContent {
 public:
  // The payload, if the signer's key signed it and its certificate is the one that the signature names. UNAUTHENTICATED
  // if the signature names another certificate, or is not by its key over this payload. INVALID_ARGUMENT if the
  // signer's key is not on P-256.
  absl::StatusOr<std::string> Payload(const Certificate& signer) const;

 private:
  friend class Opener;
  explicit SignedContent(WipedBytes der) : der_(std::move(der)) {}

  WipedBytes der_;
};

// Opens what is sealed to any of its certificates.
class Opener {
 public:
  struct Inbox {
    Certificate certificate;
    KeyPointer key;
  };

  // Several, so that keys roll over. INVALID_ARGUMENT if there is none, or a key is not its certificate's, or not on
  // P-256.
  static absl::StatusOr<Opener> Create(std::vector<Inbox> inboxes);

  // INVALID_ARGUMENT  `cms` does not have the one form, or what it holds is not signed in the one form
  // FAILED_PRECONDITION  it is sealed, but to none of these certificates
  // DATA_LOSS  it is sealed to one of them and does not open: it was changed, or sealed to another key under that name
  // A changed byte is refused, except one that concerns other recipients alone: then what opens is what was sealed.
  absl::StatusOr<SignedContent> Open(absl::string_view cms) const;

 private:
  struct NamedInbox {
    std::string name;
    Inbox inbox;
  };

  explicit Opener(std::vector<NamedInbox> inboxes) : inboxes_(std::move(inboxes)) {}

  std::vector<NamedInbox> inboxes_;
};

// For whoever has no key: whether any of the certificates is a recipient. INVALID_ARGUMENT if `cms` does not have the
// one form. Only the keys can tell whether it opens.
absl::StatusOr<bool> IsSealedTo(absl::string_view cms, const std::vector<Certificate>& certificates);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SEALING_H_
