#include "certs/signed_form.h"

#include <openssl/objects.h>

#include <optional>
#include <utility>

#include "certs/cms_content.h"
#include "certs/openssl_pointers.h"
#include "certs/sealing_limits.h"

namespace envej::certs {
namespace {

// Certificates would tell nothing: who signed is known beside the message. Capabilities are for e-mail.
constexpr unsigned int kSignFlags = CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP | CMS_PARTIAL;

// A parsed message whose content is plain.
class PlainCms {
 public:
  explicit PlainCms(CmsPointer cms) : cms_(std::move(cms)) {}
  ~PlainCms() {
    if (cms_ != nullptr) WipeContent(*cms_);
  }
  PlainCms(PlainCms&&) = default;
  PlainCms& operator=(PlainCms&&) = delete;

  CMS_ContentInfo* get() const { return cms_.get(); }

 private:
  CmsPointer cms_;
};

template <auto kFree>
struct StackDeleter {
  template <typename Stack>
  void operator()(Stack* stack) const {
    kFree(stack);
  }
};

void FreeCertificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, &X509_free); }
void FreeLists(STACK_OF(X509_CRL) * lists) { sk_X509_CRL_pop_free(lists, &X509_CRL_free); }

bool HoldsCertificatesOrLists(CMS_ContentInfo* cms) {
  const std::unique_ptr<STACK_OF(X509), StackDeleter<&FreeCertificates>> certificates(CMS_get1_certs(cms));
  const std::unique_ptr<STACK_OF(X509_CRL), StackDeleter<&FreeLists>> lists(CMS_get1_crls(cms));
  return sk_X509_num(certificates.get()) > 0 || sk_X509_CRL_num(lists.get()) > 0;
}

bool HasProperContent(CMS_ContentInfo* cms) {
  ASN1_OCTET_STRING** content = CMS_get0_content(cms);
  if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data || content == nullptr || *content == nullptr) {
    return false;
  }
  const int size = ASN1_STRING_length(*content);
  return size > 0 && static_cast<size_t>(size) <= kSealPayloadBytesMost;
}

// The one there is; nothing if there are none or several.
CMS_SignerInfo* OnlySigner(CMS_ContentInfo* cms) {
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
  return sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : nullptr;
}

bool NamesIssuerAndSerial(CMS_SignerInfo* signer) {
  ASN1_OCTET_STRING* key_identifier = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  return CMS_SignerInfo_get0_signer_id(signer, &key_identifier, &issuer, &serial) == 1 && issuer != nullptr &&
         serial != nullptr;
}

bool HasProperAlgorithms(CMS_SignerInfo* signer) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
  if (digest == nullptr || signature == nullptr) return false;
  const ASN1_OBJECT* digest_name = nullptr;
  const ASN1_OBJECT* signature_name = nullptr;
  X509_ALGOR_get0(&digest_name, nullptr, nullptr, digest);
  X509_ALGOR_get0(&signature_name, nullptr, nullptr, signature);
  return OBJ_obj2nid(digest_name) == NID_sha256 && OBJ_obj2nid(signature_name) == NID_ecdsa_with_SHA256;
}

// Without signed attributes, a signature over attributes would also be one over content that looks like them.
bool HasProperAttributes(CMS_SignerInfo* signer) {
  constexpr int kExactlyOne = -3;
  const auto* content_type = static_cast<const ASN1_OBJECT*>(
      CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_pkcs9_contentType), kExactlyOne, V_ASN1_OBJECT));
  return content_type != nullptr && OBJ_obj2nid(content_type) == NID_pkcs7_data &&
         CMS_unsigned_get_attr_count(signer) <= 0;
}

absl::StatusOr<PlainCms> ParseSignedForm(absl::string_view der) {
  PlainCms cms(ParseCms(der));
  if (cms.get() == nullptr || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return absl::InvalidArgumentError("holds something else than one CMS SignedData");
  }
  if (!HasProperContent(cms.get())) {
    return absl::InvalidArgumentError("holds a CMS SignedData without a payload, or with one that is too large");
  }
  if (HoldsCertificatesOrLists(cms.get())) {
    return absl::InvalidArgumentError("holds certificates or revocation lists, which do not travel");
  }
  CMS_SignerInfo* signer = OnlySigner(cms.get());
  if (signer == nullptr || !NamesIssuerAndSerial(signer)) {
    return absl::InvalidArgumentError("is not signed by exactly one signer, named by issuer and serial number");
  }
  if (!HasProperAlgorithms(signer)) return absl::InvalidArgumentError("is not signed by ECDSA with SHA-256");
  if (!HasProperAttributes(signer)) {
    return absl::InvalidArgumentError("has no proper signed attributes, or has unsigned ones");
  }
  return cms;
}

}  // namespace

absl::StatusOr<WipedBytes> Sign(absl::string_view payload, const Certificate& signer, EVP_PKEY& key) {
  const PlainCms cms(CmsPointer(CMS_sign(nullptr, nullptr, nullptr, nullptr, kSignFlags)));
  if (cms.get() == nullptr || CMS_add1_signer(cms.get(), const_cast<X509*>(&signer.x509()), &key, EVP_sha256(),
                                              kSignFlags & ~CMS_PARTIAL) == nullptr) {
    return absl::InternalError("the signer cannot be added");
  }
  if (!FillCms(*cms.get(), payload)) return absl::InternalError("the payload cannot be signed");
  std::optional<WipedBytes> der = WriteCms(*cms.get());
  if (!der.has_value()) return absl::InternalError("the signed payload cannot be written");
  return *std::move(der);
}

absl::Status CheckSignedForm(absl::string_view der) { return ParseSignedForm(der).status(); }

absl::StatusOr<std::string> VerifiedPayload(absl::string_view der, const Certificate& signer) {
  const absl::StatusOr<PlainCms> cms = ParseSignedForm(der);
  if (!cms.ok()) return cms.status();
  CMS_SignerInfo* named = OnlySigner(cms->get());
  auto* certificate = const_cast<X509*>(&signer.x509());
  if (CMS_SignerInfo_cert_cmp(named, certificate) != 0) {
    return absl::UnauthenticatedError("the signature names another certificate");
  }
  CMS_SignerInfo_set1_signer_cert(named, certificate);
  const BioChainPointer chain(CMS_dataInit(cms->get(), nullptr));
  if (chain == nullptr) return absl::InternalError("the payload cannot be read");
  const std::optional<WipedBytes> payload = Drain(*chain, kSealPayloadBytesMost);
  if (!payload.has_value()) return absl::InternalError("the payload cannot be read");
  if (CMS_SignerInfo_verify(named) != 1 || CMS_SignerInfo_verify_content(named, chain.get()) != 1) {
    return absl::UnauthenticatedError("the signature is not by the certificate's key over this payload");
  }
  return std::string(payload->view());
}

}  // namespace envej::certs
