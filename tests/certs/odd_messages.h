#ifndef ENVEJ_TESTS_CERTS_ODD_MESSAGES_H_
#define ENVEJ_TESTS_CERTS_ODD_MESSAGES_H_

#include <openssl/cms.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/certificate_authority.h"
#include "certs/sealing.h"

namespace envej::certs {

// A certificate with its key, as PEM and parsed.
struct Holder {
  IssuedCertificate pem;
  Certificate certificate;

  explicit Holder(IssuedCertificate issued);
  KeyPointer Key() const;
  Sealer MakeSealer() const;
  Opener::Inbox Inbox() const;
};

// A certificate of whatever key, signed by that key itself.
Holder SelfSigned(KeyPointer key);

Opener MakeOpener(const std::vector<Holder>& inboxes);

// CMS messages as the ordinary operations of OpenSSL make them, with everything that the one form leaves no choice in.
std::string SignedMessage(absl::string_view payload, const Holder& signer,
                          unsigned int flags = CMS_BINARY | CMS_NOCERTS, const EVP_MD* digest = EVP_sha256());

struct Encryption {
  const EVP_CIPHER* content = EVP_aes_256_gcm();
  const EVP_CIPHER* wrap = EVP_aes_256_wrap();
  const EVP_MD* derivation = EVP_sha256();
  unsigned int recipient_flags = 0;
  int content_type = NID_pkcs7_data;
};
std::string EncryptedMessage(absl::string_view plain, const Holder& recipient, const Encryption& encryption = {});

// One element of DER.
std::string Element(uint8_t tag, absl::string_view contents);

}  // namespace envej::certs

#endif  // ENVEJ_TESTS_CERTS_ODD_MESSAGES_H_
