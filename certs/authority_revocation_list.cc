#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "certs/certificate_authority.h"
#include "certs/openssl_failure.h"

namespace envej::certs {
namespace {

using RevokedPointer = std::unique_ptr<X509_REVOKED, OpensslDeleter<&X509_REVOKED_free>>;

constexpr long kVersion2 = 1;
constexpr size_t kSerialDigits = 40;  // 20 bytes, as RFC 5280 has it

AsnStringPointer SerialFrom(const std::string& digits) {
  const bool hexadecimal =
      !digits.empty() && digits.size() <= kSerialDigits && std::all_of(digits.begin(), digits.end(), [](char digit) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(digit));
      });
  BIGNUM* number = nullptr;
  if (!hexadecimal || BN_hex2bn(&number, digits.c_str()) == 0) return nullptr;
  const BignumPointer owned(number);
  return AsnStringPointer(BN_to_ASN1_INTEGER(owned.get(), nullptr));
}

bool AddReason(X509_REVOKED& entry, RevocationReason reason) {
  // RFC 5280, section 5.3.1: that it is unspecified is said by saying nothing.
  if (reason == RevocationReason::kUnspecified) return true;
  const AsnStringPointer value(ASN1_ENUMERATED_new());
  return value != nullptr && ASN1_ENUMERATED_set(value.get(), static_cast<long>(reason)) == 1 &&
         X509_REVOKED_add1_ext_i2d(&entry, NID_crl_reason, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool AddInvalidityDate(X509_REVOKED& entry, const std::optional<absl::Time>& date) {
  if (!date.has_value()) return true;
  const AsnStringPointer value(ASN1_GENERALIZEDTIME_set(nullptr, absl::ToTimeT(*date)));
  return value != nullptr &&
         X509_REVOKED_add1_ext_i2d(&entry, NID_invalidity_date, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

absl::Status AddEntry(X509_CRL& list, const RevokedCertificate& revoked) {
  const AsnStringPointer serial = SerialFrom(revoked.serial);
  ERR_clear_error();
  if (serial == nullptr) return absl::InvalidArgumentError("a serial number is not 1 to 40 hexadecimal digits");
  const AsnStringPointer revoked_at(ASN1_TIME_set(nullptr, absl::ToTimeT(revoked.revoked_at)));
  RevokedPointer entry(X509_REVOKED_new());
  const bool complete =
      entry != nullptr && revoked_at != nullptr && X509_REVOKED_set_serialNumber(entry.get(), serial.get()) == 1 &&
      X509_REVOKED_set_revocationDate(entry.get(), revoked_at.get()) == 1 && AddReason(*entry, revoked.reason) &&
      AddInvalidityDate(*entry, revoked.invalid_since) && X509_CRL_add0_revoked(&list, entry.get()) == 1;
  if (!complete) return OpensslFailed("the revocation list cannot be made");
  static_cast<void>(entry.release());
  return absl::OkStatus();
}

bool AddNumber(X509_CRL& list, uint64_t number) {
  const AsnStringPointer value(ASN1_INTEGER_new());
  return value != nullptr && ASN1_INTEGER_set_uint64(value.get(), number) == 1 &&
         X509_CRL_add1_ext_i2d(&list, NID_crl_number, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool AddAuthorityKey(X509_CRL& list, X509& authority) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &authority, nullptr, nullptr, &list, 0);
  X509V3_set_ctx_nodb(&context);
  const ExtensionPointer extension(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  return extension != nullptr && X509_CRL_add_ext(&list, extension.get(), -1) == 1;
}

absl::StatusOr<std::string> Written(X509_CRL& list) {
  const BioPointer output(BIO_new(BIO_s_mem()));
  if (output == nullptr || PEM_write_bio_X509_CRL(output.get(), &list) != 1) {
    return OpensslFailed("the revocation list cannot be written as PEM");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(output.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::string> CertificateAuthority::MakeRevocationList(const RevocationListRequest& request) const {
  const RevocationListPointer list(X509_CRL_new());
  const AsnStringPointer this_update(ASN1_TIME_set(nullptr, absl::ToTimeT(request.this_update)));
  const AsnStringPointer next_update(ASN1_TIME_set(nullptr, absl::ToTimeT(request.next_update)));
  const bool begun = list != nullptr && this_update != nullptr && next_update != nullptr &&
                     X509_CRL_set_version(list.get(), kVersion2) == 1 &&
                     X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get())) == 1 &&
                     X509_CRL_set1_lastUpdate(list.get(), this_update.get()) == 1 &&
                     X509_CRL_set1_nextUpdate(list.get(), next_update.get()) == 1 && AddNumber(*list, request.number) &&
                     AddAuthorityKey(*list, *certificate_);
  if (!begun) return OpensslFailed("the revocation list cannot be made");
  for (const RevokedCertificate& revoked : request.revoked) {
    if (absl::Status added = AddEntry(*list, revoked); !added.ok()) return added;
  }
  if (X509_CRL_sort(list.get()) != 1 || X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) <= 0) {
    return OpensslFailed("the revocation list cannot be signed");
  }
  return Written(*list);
}

}  // namespace envej::certs
