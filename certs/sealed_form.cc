#include "certs/sealed_form.h"

#include <openssl/x509.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "certs/der_reader.h"
#include "certs/sealing_limits.h"

namespace envej::certs {
namespace {

// Object identifiers, as they stand in DER.
constexpr absl::string_view kAuthEnvelopedData("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", 11);
constexpr absl::string_view kData("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 9);
constexpr absl::string_view kAes256Gcm("\x60\x86\x48\x01\x65\x03\x04\x01\x2e", 9);
constexpr absl::string_view kAes256Wrap("\x60\x86\x48\x01\x65\x03\x04\x01\x2d", 9);
constexpr absl::string_view kStandardDhSha256("\x2b\x81\x04\x01\x0b\x01", 6);
constexpr absl::string_view kEcPublicKey("\x2a\x86\x48\xce\x3d\x02\x01", 7);
constexpr absl::string_view kP256("\x2a\x86\x48\xce\x3d\x03\x01\x07", 8);

constexpr absl::string_view kEnvelopedVersion("\x00", 1);
constexpr absl::string_view kKeyAgreementVersion("\x03", 1);
constexpr absl::string_view kTagBytesInteger("\x10", 1);

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kWrappedKeyBytes = 40;
constexpr size_t kKeyingMaterialBytesMost = 64;
// No unused bits, an uncompressed point. OpenSSL also takes the hybrid form, in which the same key has other bytes.
constexpr absl::string_view kUncompressed("\x00\x04", 2);
constexpr size_t kPointBytes = 66;

// One element of a fixed size.
bool ReadSized(DerReader& reader, uint8_t tag, size_t size) {
  const std::optional<absl::string_view> contents = reader.Read(tag);
  return contents.has_value() && contents->size() == size;
}

// Moves `reader` into the next element; false, and into nothing, if that has another tag.
bool Enter(DerReader& parent, uint8_t tag, DerReader& reader) {
  const std::optional<absl::string_view> contents = parent.Read(tag);
  reader = DerReader(contents.value_or(absl::string_view()));
  return contents.has_value();
}

bool ReadEphemeralKey(DerReader& agreement) {
  DerReader originator({}), key({}), algorithm({});
  if (!Enter(agreement, DerConstructed(0), originator) || !Enter(originator, DerConstructed(1), key) ||
      !originator.AtEnd() || !Enter(key, kDerSequence, algorithm) ||
      !algorithm.Read(kDerObjectIdentifier, kEcPublicKey)) {
    return false;
  }
  const bool proper_curve =
      algorithm.AtEnd() || algorithm.Read(kDerNull, "") || algorithm.Read(kDerObjectIdentifier, kP256);
  const std::optional<absl::string_view> point = key.Read(kDerBitString);
  return proper_curve && algorithm.AtEnd() && point.has_value() && point->size() == kPointBytes &&
         point->substr(0, kUncompressed.size()) == kUncompressed && key.AtEnd();
}

bool ReadKeyingMaterial(DerReader& agreement) {
  DerReader material({});
  if (!Enter(agreement, DerConstructed(1), material)) return true;
  const std::optional<absl::string_view> bytes = material.Read(kDerOctetString);
  return bytes.has_value() && bytes->size() <= kKeyingMaterialBytesMost && material.AtEnd();
}

bool ReadKeyEncryption(DerReader& agreement) {
  DerReader algorithm({}), wrap({});
  return Enter(agreement, kDerSequence, algorithm) && algorithm.Read(kDerObjectIdentifier, kStandardDhSha256) &&
         Enter(algorithm, kDerSequence, wrap) && algorithm.AtEnd() && wrap.Read(kDerObjectIdentifier, kAes256Wrap) &&
         wrap.AtEnd();
}

bool ReadEncryptedKeys(DerReader& agreement, std::vector<absl::string_view>& recipients) {
  DerReader keys({});
  if (!Enter(agreement, kDerSequence, keys) || keys.AtEnd()) return false;
  while (!keys.AtEnd() && recipients.size() < kSealRecipientsMost) {
    DerReader encrypted({});
    if (!Enter(keys, kDerSequence, encrypted)) return false;
    const std::optional<absl::string_view> name = encrypted.Read(kDerSequence);
    if (!name.has_value() || !ReadSized(encrypted, kDerOctetString, kWrappedKeyBytes) || !encrypted.AtEnd()) {
      return false;
    }
    recipients.push_back(*name);
  }
  return keys.AtEnd();
}

bool ReadRecipients(DerReader& enveloped, std::vector<absl::string_view>& recipients) {
  DerReader set({});
  if (!Enter(enveloped, kDerSet, set) || set.AtEnd()) return false;
  while (!set.AtEnd()) {
    DerReader agreement({});
    if (!Enter(set, DerConstructed(1), agreement) || !agreement.Read(kDerInteger, kKeyAgreementVersion) ||
        !ReadEphemeralKey(agreement) || !ReadKeyingMaterial(agreement) || !ReadKeyEncryption(agreement) ||
        !ReadEncryptedKeys(agreement, recipients) || !agreement.AtEnd()) {
      return false;
    }
  }
  return true;
}

bool ReadContent(DerReader& enveloped) {
  DerReader content({}), algorithm({}), parameters({});
  return Enter(enveloped, kDerSequence, content) && content.Read(kDerObjectIdentifier, kData) &&
         Enter(content, kDerSequence, algorithm) && algorithm.Read(kDerObjectIdentifier, kAes256Gcm) &&
         Enter(algorithm, kDerSequence, parameters) && algorithm.AtEnd() &&
         ReadSized(parameters, kDerOctetString, kNonceBytes) && parameters.Read(kDerInteger, kTagBytesInteger) &&
         parameters.AtEnd() && content.Read(DerPrimitive(0)).has_value() && content.AtEnd() &&
         ReadSized(enveloped, kDerOctetString, kTagBytes);
}

std::string DerOf(const X509_NAME& name) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_NAME(&name, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

std::string DerOf(const ASN1_INTEGER& integer) {
  unsigned char* bytes = nullptr;
  const int size = i2d_ASN1_INTEGER(&integer, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

absl::StatusOr<std::vector<absl::string_view>> ReadSealedForm(absl::string_view cms) {
  if (cms.size() > kSealedBytesMost) return absl::InvalidArgumentError("is too large for a sealed message");
  DerReader message(cms), information({}), explicit_content({}), enveloped({});
  if (!Enter(message, kDerSequence, information) || !message.AtEnd() ||
      !information.Read(kDerObjectIdentifier, kAuthEnvelopedData) ||
      !Enter(information, DerConstructed(0), explicit_content) || !information.AtEnd() ||
      !Enter(explicit_content, kDerSequence, enveloped) || !explicit_content.AtEnd() ||
      !enveloped.Read(kDerInteger, kEnvelopedVersion)) {
    return absl::InvalidArgumentError("is not one CMS AuthEnvelopedData in DER");
  }
  std::vector<absl::string_view> recipients;
  if (!ReadRecipients(enveloped, recipients)) {
    return absl::InvalidArgumentError(absl::StrCat("has other recipients than 1 to ", kSealRecipientsMost,
                                                   ", each named by issuer and serial number, under ephemeral-static "
                                                   "ECDH on P-256 with SHA-256 and AES-256 key wrap"));
  }
  if (!ReadContent(enveloped)) return absl::InvalidArgumentError("has content that is not under AES-256-GCM");
  if (!enveloped.AtEnd()) return absl::InvalidArgumentError("has attributes or trailing bytes");
  return recipients;
}

std::string NameInSealing(const Certificate& certificate) {
  return DerOf(*X509_get_issuer_name(&certificate.x509())) + DerOf(*X509_get0_serialNumber(&certificate.x509()));
}

}  // namespace envej::certs
