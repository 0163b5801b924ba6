#include "certs/sealing.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>

#include "certs/cms_content.h"
#include "certs/p256.h"
#include "certs/sealed_form.h"
#include "certs/signed_form.h"

namespace envej::certs {
namespace {

// OpenSSL takes certificates and keys that it only reads, or counts references to, as if it changed them.
X509* Mutable(const Certificate& certificate) { return const_cast<X509*>(&certificate.x509()); }

absl::Status CheckOwnKey(const Certificate& certificate, const EVP_PKEY* key) {
  if (key == nullptr || X509_check_private_key(&certificate.x509(), key) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the key is not that of the certificate");
  }
  if (!IsOnP256(certificate.x509())) return absl::InvalidArgumentError("the certificate's key is not on P-256");
  return absl::OkStatus();
}

// A recipient under SHA-256: of itself OpenSSL derives the key that wraps the key with SHA-1.
bool AddRecipient(CMS_ContentInfo& cms, const Certificate& certificate) {
  CMS_RecipientInfo* recipient = CMS_add1_recipient_cert(&cms, Mutable(certificate), 0);
  if (recipient == nullptr) return false;
  EVP_PKEY_CTX* agreement = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  return agreement != nullptr && EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, EVP_sha256()) == 1;
}

absl::StatusOr<std::string> Encrypt(absl::string_view plain, const std::vector<Certificate>& recipients) {
  const CmsPointer cms(CMS_encrypt(nullptr, nullptr, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL));
  if (cms == nullptr || !std::all_of(recipients.begin(), recipients.end(),
                                     [&](const Certificate& recipient) { return AddRecipient(*cms, recipient); })) {
    return absl::InternalError("a recipient cannot be added");
  }
  if (!FillCms(*cms, plain)) return absl::InternalError("the message cannot be encrypted");
  const std::optional<WipedBytes> der = WriteCms(*cms);
  if (!der.has_value()) return absl::InternalError("the message cannot be written");
  if (der->size() > kSealedBytesMost) return absl::InvalidArgumentError("the sealed message is too large");
  return std::string(der->view());
}

// What the message holds, if this key opens it.
std::optional<WipedBytes> Decrypt(absl::string_view cms, const Opener::Inbox& inbox) {
  const CmsPointer parsed = ParseCms(cms);
  if (parsed == nullptr || CMS_decrypt_set1_pkey(parsed.get(), inbox.key.get(), Mutable(inbox.certificate)) != 1) {
    return std::nullopt;
  }
  const BioChainPointer chain(CMS_dataInit(parsed.get(), nullptr));
  if (chain == nullptr) return std::nullopt;
  std::optional<WipedBytes> content = Drain(*chain, cms.size());
  // Only now has OpenSSL compared the tag; what was read before is worth nothing if it does not fit.
  if (BIO_get_cipher_status(chain.get()) != 1) return std::nullopt;
  return content;
}

}  // namespace

absl::StatusOr<Sealer> Sealer::Create(Certificate certificate, KeyPointer key) {
  if (absl::Status checked = CheckOwnKey(certificate, key.get()); !checked.ok()) return checked;
  return Sealer(std::move(certificate), std::move(key));
}

absl::StatusOr<std::string> Sealer::Seal(absl::string_view payload, const std::vector<Certificate>& recipients) const {
  if (payload.empty() || payload.size() > kSealPayloadBytesMost) {
    return absl::InvalidArgumentError("the payload is empty or too large to be sealed");
  }
  if (recipients.empty() || recipients.size() > kSealRecipientsMost) {
    return absl::InvalidArgumentError("nobody, or too many, to seal to");
  }
  if (!std::all_of(recipients.begin(), recipients.end(),
                   [](const Certificate& recipient) { return IsOnP256(recipient.x509()); })) {
    return absl::InvalidArgumentError("a recipient's key is not on P-256");
  }
  const absl::StatusOr<WipedBytes> content = Sign(payload, certificate_, *key_);
  absl::StatusOr<std::string> sealed =
      content.ok() ? Encrypt(content->view(), recipients) : absl::StatusOr<std::string>(content.status());
  ERR_clear_error();
  return sealed;
}

absl::StatusOr<std::string> SignedContent::Payload(const Certificate& signer) const {
  if (!IsOnP256(signer.x509())) return absl::InvalidArgumentError("the signer's key is not on P-256");
  absl::StatusOr<std::string> payload = VerifiedPayload(der_.view(), signer);
  ERR_clear_error();
  return payload;
}

absl::StatusOr<Opener> Opener::Create(std::vector<Inbox> inboxes) {
  if (inboxes.empty()) return absl::InvalidArgumentError("there is no inbox certificate to open with");
  std::vector<NamedInbox> named;
  for (Inbox& inbox : inboxes) {
    if (absl::Status checked = CheckOwnKey(inbox.certificate, inbox.key.get()); !checked.ok()) return checked;
    std::string name = NameInSealing(inbox.certificate);
    named.push_back({std::move(name), std::move(inbox)});
  }
  return Opener(std::move(named));
}

absl::StatusOr<SignedContent> Opener::Open(absl::string_view cms) const {
  const absl::StatusOr<std::vector<absl::string_view>> recipients = ReadSealedForm(cms);
  if (!recipients.ok()) return recipients.status();
  bool sealed_to_own = false;
  for (const NamedInbox& own : inboxes_) {
    if (std::find(recipients->begin(), recipients->end(), own.name) == recipients->end()) continue;
    sealed_to_own = true;
    std::optional<WipedBytes> content = Decrypt(cms, own.inbox);
    ERR_clear_error();
    if (!content.has_value()) continue;
    absl::Status proper = CheckSignedForm(content->view());
    ERR_clear_error();
    if (!proper.ok()) return proper;
    return SignedContent(*std::move(content));
  }
  if (!sealed_to_own) return absl::FailedPreconditionError("is sealed to none of these inbox certificates");
  return absl::DataLossError("does not open: it was changed, or sealed to another key");
}

absl::StatusOr<bool> IsSealedTo(absl::string_view cms, const std::vector<Certificate>& certificates) {
  const absl::StatusOr<std::vector<absl::string_view>> recipients = ReadSealedForm(cms);
  if (!recipients.ok()) return recipients.status();
  return std::any_of(certificates.begin(), certificates.end(), [&](const Certificate& certificate) {
    return std::find(recipients->begin(), recipients->end(), NameInSealing(certificate)) != recipients->end();
  });
}

}  // namespace envej::certs
