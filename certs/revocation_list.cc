#include "certs/revocation_list.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

using DistributionPointer = std::unique_ptr<ISSUING_DIST_POINT, OpensslDeleter<&ISSUING_DIST_POINT_free>>;

// What X509V3_get_d2i reports in place of whether the extension is critical.
constexpr int kAbsent = -1;

absl::Status Malformed() { return absl::InvalidArgumentError("holds a malformed revocation list"); }

bool IsWeaklySigned(const X509_CRL& list) {
  int digest = NID_undef;
  OBJ_find_sigid_algs(X509_CRL_get_signature_nid(&list), &digest, nullptr);
  return digest == NID_md5 || digest == NID_sha1;
}

absl::StatusOr<std::vector<RevocationListPointer>> FromPem(absl::string_view text) {
  const BioPointer input(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (input == nullptr) return absl::InternalError("out of memory");
  std::vector<RevocationListPointer> lists;
  while (X509_CRL* list = PEM_read_bio_X509_CRL(input.get(), nullptr, nullptr, nullptr)) lists.emplace_back(list);
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return Malformed();
  return lists;
}

absl::StatusOr<std::vector<RevocationListPointer>> FromDer(absl::string_view bytes) {
  std::vector<RevocationListPointer> lists;
  const auto* position = reinterpret_cast<const unsigned char*>(bytes.data());
  const unsigned char* const end = position + bytes.size();
  while (position != end) {
    lists.emplace_back(d2i_X509_CRL(nullptr, &position, static_cast<long>(end - position)));
    if (lists.back() == nullptr) return Malformed();
  }
  return lists;
}

// A list that says nothing of some of its authority's certificates, or not of every reason, cannot call one good.
absl::Status CheckScope(const X509_CRL& list) {
  if (X509_CRL_get_ext_by_NID(&list, NID_delta_crl, -1) >= 0) {
    return absl::InvalidArgumentError("holds a delta revocation list, which is not supported");
  }
  int critical = kAbsent;
  const DistributionPointer scope(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(&list, NID_issuing_distribution_point, &critical, nullptr)));
  if (scope == nullptr) return critical == kAbsent ? absl::OkStatus() : Malformed();
  if (scope->indirectCRL > 0) {
    return absl::InvalidArgumentError("holds an indirect revocation list, which is not supported");
  }
  if (scope->distpoint != nullptr || scope->onlyCA > 0 || scope->onlyattr > 0 || scope->onlysomereasons != nullptr) {
    return absl::InvalidArgumentError(
        "holds a revocation list for some certificates or reasons only, which is not supported");
  }
  return absl::OkStatus();
}

bool IsUnderstood(const X509_EXTENSION* extension) {
  if (X509_EXTENSION_get_critical(extension) == 0) return true;
  switch (OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)))) {
    case NID_crl_number:
    case NID_issuing_distribution_point:
    case NID_authority_key_identifier:
    case NID_crl_reason:
    case NID_invalidity_date:
      return true;
    default:
      return false;
  }
}

absl::Status CheckExtensions(const X509_CRL& list) {
  for (int index = 0; index < X509_CRL_get_ext_count(&list); ++index) {
    if (!IsUnderstood(X509_CRL_get_ext(&list, index))) {
      return absl::InvalidArgumentError("holds a revocation list with a critical extension that is not understood");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadReason(const X509_REVOKED& entry, RevokedCertificate& revoked) {
  int critical = kAbsent;
  const AsnStringPointer reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(&entry, NID_crl_reason, &critical, nullptr)));
  if (reason == nullptr) return critical == kAbsent ? absl::OkStatus() : Malformed();
  revoked.reason = ReasonNumbered(ASN1_ENUMERATED_get(reason.get())).value_or(RevocationReason::kUnspecified);
  return absl::OkStatus();
}

absl::Status ReadInvalidityDate(const X509_REVOKED& entry, RevokedCertificate& revoked) {
  int critical = kAbsent;
  const AsnStringPointer date(
      static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(&entry, NID_invalidity_date, &critical, nullptr)));
  if (date == nullptr) return critical == kAbsent ? absl::OkStatus() : Malformed();
  revoked.invalid_since = ToTime(date.get());
  return absl::OkStatus();
}

absl::StatusOr<RevokedCertificate> ReadEntry(const X509_REVOKED& entry) {
  for (int index = 0; index < X509_REVOKED_get_ext_count(&entry); ++index) {
    if (!IsUnderstood(X509_REVOKED_get_ext(&entry, index))) {
      return absl::InvalidArgumentError("holds a revocation list with a critical extension that is not understood");
    }
  }
  RevokedCertificate revoked;
  revoked.serial = SerialText(*X509_REVOKED_get0_serialNumber(&entry));
  revoked.revoked_at = ToTime(X509_REVOKED_get0_revocationDate(&entry));
  if (absl::Status read = ReadReason(entry, revoked); !read.ok()) return read;
  if (absl::Status read = ReadInvalidityDate(entry, revoked); !read.ok()) return read;
  return revoked;
}

}  // namespace

absl::StatusOr<std::vector<RevocationList>> RevocationList::Parse(absl::string_view contents) {
  if (contents.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return absl::InvalidArgumentError("is too large for a revocation list");
  }
  ERR_clear_error();
  absl::StatusOr<std::vector<RevocationListPointer>> parsed =
      absl::StrContains(contents, "-----BEGIN ") ? FromPem(contents) : FromDer(contents);
  ERR_clear_error();
  if (!parsed.ok()) return parsed.status();
  if (parsed->empty()) return absl::InvalidArgumentError("holds no revocation list");
  std::vector<RevocationList> lists;
  for (RevocationListPointer& pointer : *parsed) {
    RevocationList list(std::move(pointer));
    const absl::Status read = list.Read();
    ERR_clear_error();
    if (!read.ok()) return read;
    lists.push_back(std::move(list));
  }
  return lists;
}

absl::Status RevocationList::Read() {
  if (absl::Status checked = CheckScope(*parsed_); !checked.ok()) return checked;
  if (absl::Status checked = CheckExtensions(*parsed_); !checked.ok()) return checked;
  if (IsWeaklySigned(*parsed_)) {
    return absl::InvalidArgumentError("holds a revocation list that is signed over MD5 or SHA-1");
  }
  this_update_ = ToTime(X509_CRL_get0_lastUpdate(parsed_.get()));
  if (X509_CRL_get0_nextUpdate(parsed_.get()) == nullptr) {
    return absl::InvalidArgumentError("holds a revocation list that states no next update");
  }
  next_update_ = ToTime(X509_CRL_get0_nextUpdate(parsed_.get()));
  int critical = kAbsent;
  const AsnStringPointer number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(parsed_.get(), NID_crl_number, &critical, nullptr)));
  if (number == nullptr && critical != kAbsent) return Malformed();
  if (number != nullptr) number_ = SerialText(*number);

  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(parsed_.get());
  const int count = entries == nullptr ? 0 : sk_X509_REVOKED_num(entries);
  if (static_cast<size_t>(count) > kEntriesMost) {
    return absl::InvalidArgumentError("holds a revocation list with too many entries");
  }
  for (int index = 0; index < count; ++index) {
    absl::StatusOr<RevokedCertificate> entry = ReadEntry(*sk_X509_REVOKED_value(entries, index));
    if (!entry.ok()) return entry.status();
    if (entry->reason != RevocationReason::kRemoveFromCrl) revoked_.push_back(*std::move(entry));
  }
  return absl::OkStatus();
}

bool RevocationList::IsSignedBy(const Certificate& authority) const {
  const X509& x509 = authority.x509();
  if (X509_NAME_cmp(X509_get_subject_name(&x509), &issuer()) != 0) return false;
  // OpenSSL's functions are not const; of a Certificate they only read (certificate.cc).
  auto* mutable_x509 = const_cast<X509*>(&x509);
  if (X509_check_ca(mutable_x509) == 0 || (X509_get_key_usage(mutable_x509) & KU_CRL_SIGN) == 0) return false;
  EVP_PKEY* key = X509_get0_pubkey(&x509);
  const bool is_signed = key != nullptr && X509_CRL_verify(parsed_.get(), key) == 1;
  ERR_clear_error();
  return is_signed;
}

}  // namespace envej::certs
