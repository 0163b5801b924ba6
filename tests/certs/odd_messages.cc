#include "tests/certs/odd_messages.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include <utility>

#include "certs/pem.h"

namespace envej::certs {
namespace {

std::string DerOf(const CmsPointer& cms) {
  unsigned char* bytes = nullptr;
  const int size = cms == nullptr ? 0 : i2d_CMS_ContentInfo(cms.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(bytes);
  ERR_clear_error();
  return der;
}

BioPointer Reading(absl::string_view bytes) {
  return BioPointer(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

X509* Mutable(const Certificate& certificate) { return const_cast<X509*>(&certificate.x509()); }

}  // namespace

Holder::Holder(IssuedCertificate issued)
    : pem(std::move(issued)), certificate(Certificate::FromPem(pem.certificate_pem)->front()) {}

KeyPointer Holder::Key() const { return ParsePrivateKey(pem.key_pem).value(); }

Sealer Holder::MakeSealer() const { return Sealer::Create(certificate, Key()).value(); }

Opener::Inbox Holder::Inbox() const { return {certificate, Key()}; }

Holder SelfSigned(KeyPointer key) {
  const CertificatePointer certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return Holder(IssuedCertificate{ToPem(*certificate).value(), ToPem(*key).value()});
}

Opener MakeOpener(const std::vector<Holder>& inboxes) {
  std::vector<Opener::Inbox> pairs;
  for (const Holder& inbox : inboxes) pairs.push_back(inbox.Inbox());
  return Opener::Create(std::move(pairs)).value();
}

std::string SignedMessage(absl::string_view payload, const Holder& signer, unsigned int flags, const EVP_MD* digest) {
  const CmsPointer cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags | CMS_PARTIAL));
  if (CMS_add1_signer(cms.get(), Mutable(signer.certificate), signer.Key().get(), digest, flags) == nullptr) return "";
  if (CMS_final(cms.get(), Reading(payload).get(), nullptr, flags) != 1) return "";
  return DerOf(cms);
}

std::string EncryptedMessage(absl::string_view plain, const Holder& recipient, const Encryption& encryption) {
  const CmsPointer cms(CMS_encrypt(nullptr, nullptr, encryption.content, CMS_BINARY | CMS_PARTIAL));
  CMS_RecipientInfo* added =
      CMS_add1_recipient_cert(cms.get(), Mutable(recipient.certificate), encryption.recipient_flags);
  if (CMS_RecipientInfo_type(added) == CMS_RECIPINFO_AGREE) {
    EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(added), encryption.derivation);
    EVP_EncryptInit_ex(CMS_RecipientInfo_kari_get0_ctx(added), encryption.wrap, nullptr, nullptr, nullptr);
  }
  CMS_set1_eContentType(cms.get(), OBJ_nid2obj(encryption.content_type));
  if (CMS_final(cms.get(), Reading(plain).get(), nullptr, CMS_BINARY) != 1) return "";
  return DerOf(cms);
}

std::string Element(uint8_t tag, absl::string_view contents) {
  std::string der(1, static_cast<char>(tag));
  if (contents.size() < 0x80) {
    der += static_cast<char>(contents.size());
  } else {
    der += static_cast<char>(0x82);
    der += static_cast<char>(contents.size() >> 8);
    der += static_cast<char>(contents.size() & 0xff);
  }
  return der.append(contents.data(), contents.size());
}

}  // namespace envej::certs
