#include "certs/inbox_certificate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/openssl_pointers.h"
#include "certs/p256.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

constexpr int kStrengthOf112Bits = 2;

X509* Mutable(const X509& certificate) { return const_cast<X509*>(&certificate); }

bool HasCriticalKeyAgreementAlone(const X509& certificate) {
  const int index = X509_get_ext_by_NID(&certificate, NID_key_usage, -1);
  return index >= 0 && X509_EXTENSION_get_critical(X509_get_ext(&certificate, index)) == 1 &&
         X509_get_key_usage(Mutable(certificate)) == KU_KEY_AGREEMENT;
}

bool HasEmailProtectionAlone(const X509& certificate) {
  const ExtendedKeyUsagePointer usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&certificate, NID_ext_key_usage, nullptr, nullptr)));
  return usages != nullptr && sk_ASN1_OBJECT_num(usages.get()) == 1 &&
         OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) == NID_email_protect;
}

bool IsNamed(const X509& certificate, absl::string_view code) {
  const std::vector<std::string> uris = UriNames(certificate);
  if (uris.size() != 1) return false;
  const absl::StatusOr<Identity> identity = ParseIdentityUri(uris.front());
  return identity.ok() && identity->kind == ParticipantKind::kMunicipality && identity->code == code;
}

bool IsValidAt(const X509& certificate, absl::Time now) {
  return NotBefore(certificate) <= now && now <= NotAfter(certificate);
}

// Authorities are looked at one by one, since OpenSSL takes the first of a name, even if its key is not the right one.
// It counts a certificate's last second as over, against RFC 5280; so times are compared here.
bool IsUnder(const X509& certificate, const X509& authority, absl::Time now) {
  if (X509_check_ca(Mutable(authority)) != 1 || !IsValidAt(authority, now) ||
      X509_check_issued(Mutable(authority), Mutable(certificate)) != X509_V_OK) {
    return false;
  }
  const StorePointer store(X509_STORE_new());
  const StoreContextPointer context(X509_STORE_CTX_new());
  if (store == nullptr || context == nullptr || X509_STORE_add_cert(store.get(), Mutable(authority)) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), Mutable(certificate), nullptr) != 1) {
    return false;
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(parameters, kStrengthOf112Bits);
  return X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME) == 1 &&
         X509_verify_cert(context.get()) == 1;
}

absl::Status Check(const X509& certificate, const std::vector<Certificate>& authorities, absl::string_view code,
                   absl::Time now) {
  if (now < NotBefore(certificate)) return absl::FailedPreconditionError("the inbox certificate is not valid yet");
  if (now > NotAfter(certificate)) return absl::FailedPreconditionError("the inbox certificate is no longer valid");
  if ((X509_get_extension_flags(Mutable(certificate)) & EXFLAG_CA) != 0) {
    return absl::FailedPreconditionError("the inbox certificate is an authority's");
  }
  if (!IsNamed(certificate, code)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the inbox certificate does not have the one URI name urn:envej:municipality:", code));
  }
  if (!HasCriticalKeyAgreementAlone(certificate)) {
    return absl::FailedPreconditionError("the inbox certificate's key usage is not keyAgreement alone, and critical");
  }
  if (!HasEmailProtectionAlone(certificate)) {
    return absl::FailedPreconditionError("the inbox certificate's extended key usage is not emailProtection alone");
  }
  if (!IsOnP256(certificate)) return absl::FailedPreconditionError("the inbox certificate's key is not on P-256");
  if (!std::any_of(authorities.begin(), authorities.end(),
                   [&](const Certificate& authority) { return IsUnder(certificate, authority.x509(), now); })) {
    return absl::FailedPreconditionError("the inbox certificate is not under an accepted authority");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInboxCertificate(const Certificate& certificate, const std::vector<Certificate>& authorities,
                                   absl::string_view municipality_code, absl::Time now) {
  absl::Status status = Check(certificate.x509(), authorities, municipality_code, now);
  ERR_clear_error();
  return status;
}

absl::Status CheckInboxStanding(const Certificate& certificate, const RevocationSet& revocations, absl::Time now) {
  const Standing standing = revocations.StandingOf(certificate, now);
  if (standing.state != RevocationState::kRevoked) return CheckStanding(standing, now);
  return absl::PermissionDeniedError(
      absl::StrCat("the inbox certificate is revoked (", ReasonName(standing.reason), ")"));
}

bool IsForAnInbox(const X509& certificate) {
  const bool is = HasCriticalKeyAgreementAlone(certificate) && HasEmailProtectionAlone(certificate);
  ERR_clear_error();
  return is;
}

}  // namespace envej::certs
