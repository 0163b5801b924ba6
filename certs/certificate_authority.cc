#include "certs/certificate_authority.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "certs/openssl_failure.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

constexpr int kSerialBytes = 16;
constexpr long kVersion3 = 2;
constexpr size_t kCommonNameBytes = 64;

struct Extension {
  int type;
  const char* value;
};

constexpr std::array<Extension, 3> kAuthorityExtensions = {{
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
}};
constexpr std::array<Extension, 3> kLeafExtensions = {{
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
}};
constexpr Extension kSigns = {NID_key_usage, "critical,digitalSignature"};
constexpr Extension kAgreesOnKeys = {NID_key_usage, "critical,keyAgreement"};
constexpr std::array<Extension, 2> kServerUsage = {{kSigns, {NID_ext_key_usage, "serverAuth"}}};
constexpr std::array<Extension, 2> kClientUsage = {{kSigns, {NID_ext_key_usage, "clientAuth"}}};
constexpr std::array<Extension, 2> kInboxUsage = {{kAgreesOnKeys, {NID_ext_key_usage, "emailProtection"}}};

const std::array<Extension, 2>& ExtensionsFor(LeafUsage usage) {
  switch (usage) {
    case LeafUsage::kServer:
      return kServerUsage;
    case LeafUsage::kClient:
      return kClientUsage;
    case LeafUsage::kInbox:
      break;
  }
  return kInboxUsage;
}

// Positive, never zero, and 126 bits of it random.
bool SetRandomSerial(X509& certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  const BignumPointer serial(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return serial != nullptr && BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool AddExtension(X509& certificate, X509& issuer, const Extension& wanted) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, &context, wanted.type, wanted.value));
  return extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

template <size_t kCount>
bool AddExtensions(X509& certificate, X509& issuer, const std::array<Extension, kCount>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Extension& extension) { return AddExtension(certificate, issuer, extension); });
}

absl::Status AddName(GENERAL_NAMES& names, int type, ASN1_STRING* value) {
  GeneralNamePointer name(GENERAL_NAME_new());
  if (name == nullptr) {
    ASN1_STRING_free(value);
    return OpensslFailed("out of memory");
  }
  GENERAL_NAME_set0_value(name.get(), type, value);
  if (sk_GENERAL_NAME_push(&names, name.get()) == 0) return OpensslFailed("out of memory");
  static_cast<void>(name.release());
  return absl::OkStatus();
}

absl::Status AddTextNames(GENERAL_NAMES& names, int type, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const bool visible_ascii = !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
      return absl::ascii_isgraph(static_cast<unsigned char>(character));
    });
    if (!visible_ascii) return absl::InvalidArgumentError("a URI or DNS name is empty or not plain ASCII");
    AsnStringPointer value(ASN1_IA5STRING_new());
    if (value == nullptr || ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) != 1) {
      return OpensslFailed("out of memory");
    }
    if (absl::Status added = AddName(names, type, value.release()); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status AddAddresses(GENERAL_NAMES& names, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    ASN1_OCTET_STRING* value = a2i_IPADDRESS(address.c_str());
    ERR_clear_error();
    if (value == nullptr) return absl::InvalidArgumentError("an IP address is neither IPv4 nor IPv6");
    if (absl::Status added = AddName(names, GEN_IPADD, value); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status AddSubjectNames(X509& certificate, const LeafRequest& request) {
  if (request.uris.empty() && request.dns_names.empty() && request.ip_addresses.empty()) return absl::OkStatus();
  const GeneralNamesPointer names(GENERAL_NAMES_new());
  if (names == nullptr) return OpensslFailed("out of memory");
  absl::Status added = AddTextNames(*names, GEN_URI, request.uris);
  if (added.ok()) added = AddTextNames(*names, GEN_DNS, request.dns_names);
  if (added.ok()) added = AddAddresses(*names, request.ip_addresses);
  if (!added.ok()) return added;
  if (X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) != 1) {
    return OpensslFailed("the names cannot be written");
  }
  return absl::OkStatus();
}

absl::Status AddToSubject(X509& certificate, int attribute, absl::string_view text) {
  if (X509_NAME_add_entry_by_NID(X509_get_subject_name(&certificate), attribute, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()), -1,
                                 0) == 1) {
    return absl::OkStatus();
  }
  ERR_clear_error();
  return absl::InvalidArgumentError("the certificate's name is not UTF-8 of at most 64 characters");
}

absl::Status AddSubjectAttributes(X509& certificate, const LeafRequest& request) {
  absl::Status added;
  if (!request.subject_serial_number.empty()) {
    added = AddToSubject(certificate, NID_serialNumber, request.subject_serial_number);
  }
  if (added.ok() && !request.organization_identifier.empty()) {
    added = AddToSubject(certificate, NID_organizationIdentifier, request.organization_identifier);
  }
  return added;
}

// A certificate with everything but subject, issuer, extensions and signature.
absl::StatusOr<CertificatePointer> MakeNameless(absl::Time not_before, absl::Time not_after, EVP_PKEY& key) {
  CertificatePointer certificate(X509_new());
  if (certificate == nullptr) return OpensslFailed("out of memory");
  const bool complete = X509_set_version(certificate.get(), kVersion3) == 1 && SetRandomSerial(*certificate) &&
                        ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(not_before)) != nullptr &&
                        ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(not_after)) != nullptr &&
                        X509_set_pubkey(certificate.get(), &key) == 1;
  if (!complete) return OpensslFailed("the certificate cannot be made");
  return certificate;
}

// The same with a subject.
absl::StatusOr<CertificatePointer> MakeUnsigned(absl::string_view common_name, absl::Time not_before,
                                                absl::Time not_after, EVP_PKEY& key) {
  if (common_name.empty() || common_name.size() > kCommonNameBytes) {
    return absl::InvalidArgumentError("the certificate's name is not 1 to 64 bytes long");
  }
  absl::StatusOr<CertificatePointer> certificate = MakeNameless(not_before, not_after, key);
  if (!certificate.ok()) return certificate;
  if (absl::Status named = AddToSubject(**certificate, NID_commonName, common_name); !named.ok()) return named;
  return certificate;
}

bool CopyExtension(X509& certificate, const X509& from, int type) {
  const int index = X509_get_ext_by_NID(&from, type, -1);
  return index < 0 || X509_add_ext(&certificate, X509_get_ext(&from, index), -1) == 1;
}

absl::StatusOr<IssuedCertificate> Written(const X509& certificate, const EVP_PKEY& key) {
  absl::StatusOr<std::string> certificate_pem = ToPem(certificate);
  if (!certificate_pem.ok()) return certificate_pem.status();
  absl::StatusOr<std::string> key_pem = ToPem(key);
  if (!key_pem.ok()) return key_pem.status();
  return IssuedCertificate{*std::move(certificate_pem), *std::move(key_pem)};
}

}  // namespace

absl::StatusOr<CertificateAuthority> CertificateAuthority::Create(absl::string_view name, absl::Time not_before,
                                                                  absl::Time not_after) {
  KeyPointer key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslFailed("no key can be made");
  absl::StatusOr<CertificatePointer> certificate = MakeUnsigned(name, not_before, not_after, *key);
  if (!certificate.ok()) return certificate.status();
  X509& self = **certificate;
  if (X509_set_issuer_name(&self, X509_get_subject_name(&self)) != 1 ||
      !AddExtensions(self, self, kAuthorityExtensions) || X509_sign(&self, key.get(), EVP_sha256()) <= 0) {
    return OpensslFailed("the authority's certificate cannot be signed");
  }
  return CertificateAuthority(*std::move(certificate), std::move(key));
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::FromPem(absl::string_view certificate_pem,
                                                                   absl::string_view key_pem) {
  absl::StatusOr<std::vector<CertificatePointer>> certificates = ParseCertificates(certificate_pem);
  if (!certificates.ok()) return certificates.status();
  absl::StatusOr<KeyPointer> key = ParsePrivateKey(key_pem);
  if (!key.ok()) return key.status();
  CertificatePointer certificate = std::move(certificates->front());
  const bool key_matches = X509_check_private_key(certificate.get(), key->get()) == 1;
  const bool is_authority = X509_check_ca(certificate.get()) == 1;
  ERR_clear_error();
  if (!key_matches) return absl::FailedPreconditionError("the authority's key is not that of its certificate");
  if (!is_authority) return absl::FailedPreconditionError("the certificate is not an authority's");
  return CertificateAuthority(std::move(certificate), *std::move(key));
}

absl::StatusOr<IssuedCertificate> CertificateAuthority::Issue(const LeafRequest& request) const {
  const KeyPointer key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslFailed("no key can be made");
  absl::StatusOr<CertificatePointer> certificate =
      MakeUnsigned(request.common_name, request.not_before, request.not_after, *key);
  if (!certificate.ok()) return certificate.status();
  X509& leaf = **certificate;
  if (X509_set_issuer_name(&leaf, X509_get_subject_name(certificate_.get())) != 1 ||
      !AddExtensions(leaf, *certificate_, kLeafExtensions) ||
      !AddExtensions(leaf, *certificate_, ExtensionsFor(request.usage))) {
    return OpensslFailed("the certificate cannot be made");
  }
  if (absl::Status named = AddSubjectAttributes(leaf, request); !named.ok()) return named;
  if (absl::Status named = AddSubjectNames(leaf, request); !named.ok()) return named;
  if (X509_sign(&leaf, key_.get(), EVP_sha256()) <= 0) return OpensslFailed("the certificate cannot be signed");
  return Written(leaf, *key);
}

absl::StatusOr<IssuedCertificate> CertificateAuthority::Renew(const Certificate& former, absl::Time not_before,
                                                              absl::Time not_after, RenewedKey renewed_key) const {
  if (!HasIssued(former)) return absl::FailedPreconditionError("the certificate is of another authority");
  const X509& old = former.x509();
  const bool same = renewed_key == RenewedKey::kSame;
  const KeyPointer key(same ? X509_get_pubkey(const_cast<X509*>(&old)) : EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslFailed("no key can be made");
  absl::StatusOr<CertificatePointer> certificate = MakeNameless(not_before, not_after, *key);
  if (!certificate.ok()) return certificate.status();
  X509& leaf = **certificate;
  const bool complete = X509_set_subject_name(&leaf, X509_get_subject_name(&old)) == 1 &&
                        X509_set_issuer_name(&leaf, X509_get_subject_name(certificate_.get())) == 1 &&
                        AddExtension(leaf, *certificate_, {NID_basic_constraints, "critical,CA:FALSE"}) &&
                        CopyExtension(leaf, old, NID_key_usage) &&
                        AddExtension(leaf, *certificate_, {NID_subject_key_identifier, "hash"}) &&
                        AddExtension(leaf, *certificate_, {NID_authority_key_identifier, "keyid:always"}) &&
                        CopyExtension(leaf, old, NID_ext_key_usage) && CopyExtension(leaf, old, NID_subject_alt_name);
  if (!complete) return OpensslFailed("the certificate cannot be made");
  if (X509_sign(&leaf, key_.get(), EVP_sha256()) <= 0) return OpensslFailed("the certificate cannot be signed");
  if (!same) return Written(leaf, *key);
  absl::StatusOr<std::string> certificate_pem = envej::certs::ToPem(leaf);
  if (!certificate_pem.ok()) return certificate_pem.status();
  return IssuedCertificate{.certificate_pem = *std::move(certificate_pem), .key_pem = ""};
}

bool CertificateAuthority::HasIssued(const Certificate& certificate) const {
  // OpenSSL's functions are not const; of a Certificate they only read (certificate.cc).
  auto* leaf = const_cast<X509*>(&certificate.x509());
  const bool issued = X509_check_ca(leaf) == 0 && X509_check_issued(certificate_.get(), leaf) == X509_V_OK &&
                      X509_verify(leaf, key_.get()) == 1;
  ERR_clear_error();
  return issued;
}

absl::StatusOr<IssuedCertificate> CertificateAuthority::ToPem() const { return Written(*certificate_, *key_); }

absl::Time CertificateAuthority::not_after() const { return NotAfter(*certificate_); }

}  // namespace envej::certs
