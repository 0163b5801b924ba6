#include "certs/signer_check.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/certificate_names.h"

namespace envej::certs {
namespace {

using ContextPointer = std::unique_ptr<X509_STORE_CTX, OpensslDeleter<&X509_STORE_CTX_free>>;

// 112 bits: SHA-256, P-256 and RSA of 2048 bits are enough, SHA-1 and RSA of 1024 bits are not.
constexpr int kSecurityLevel = 2;

absl::Status Refused(absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the certificate ", why));
}

absl::Status Explained(const X509_STORE_CTX& context, int purpose) {
  const int error = X509_STORE_CTX_get_error(&context);
  const bool is_signers = X509_STORE_CTX_get_error_depth(&context) == 0;
  switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Refused(is_signers ? "was not valid yet then" : "has an authority that was not valid yet then");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Refused(is_signers ? "was no longer valid then" : "has an authority that was no longer valid then");
    case X509_V_ERR_INVALID_PURPOSE:
      return Refused(purpose == X509_PURPOSE_SSL_SERVER ? "is not for a server" : "is not for a client");
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return Refused("or its authority has too weak a key or signature");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return Refused("is not of one of the authorities");
    default:
      return Refused(absl::StrCat("cannot be verified: ", X509_verify_cert_error_string(error)));
  }
}

}  // namespace

absl::StatusOr<SignerCheck> SignerCheck::Create(const std::vector<Certificate>& authorities) {
  if (authorities.empty() || authorities.size() > kAuthoritiesMost) {
    return absl::InvalidArgumentError(absl::StrCat("not 1 to ", kAuthoritiesMost, " authorities"));
  }
  Store store(X509_STORE_new(), &X509_STORE_free);
  if (store == nullptr) return absl::InternalError("out of memory");
  for (const Certificate& authority : authorities) {
    // The store takes a reference of its own.
    if (X509_STORE_add_cert(store.get(), const_cast<X509*>(&authority.x509())) != 1) {
      ERR_clear_error();
      return absl::InternalError("an authority cannot be taken");
    }
  }
  return SignerCheck(std::move(store));
}

absl::StatusOr<Identity> SignerCheck::Participant(const Certificate& signer, const SubjectTable& table,
                                                  absl::Time accepted_at, const RevocationSet* revocations,
                                                  absl::Time now) const {
  const absl::Status checked = Check(signer, X509_PURPOSE_SSL_CLIENT, accepted_at, revocations, now);
  if (!checked.ok()) return checked;
  absl::StatusOr<Identity> identity = IdentifyParticipant(NamesOf(signer), table);
  if (!identity.ok()) return Refused(identity.status().message());
  return identity;
}

absl::StatusOr<std::string> SignerCheck::Broker(const Certificate& signer, absl::Time accepted_at,
                                                const RevocationSet* revocations, absl::Time now) const {
  const absl::Status checked = Check(signer, X509_PURPOSE_SSL_SERVER, accepted_at, revocations, now);
  if (!checked.ok()) return checked;
  const CertificateNames names = NamesOf(signer);
  if (names.uris.size() != 1) return Refused("does not bear exactly one URI name");
  absl::StatusOr<std::string> broker = ParseBrokerUri(names.uris.front());
  if (!broker.ok()) return Refused("names no broker");
  return broker;
}

absl::Status SignerCheck::Check(const Certificate& signer, int purpose, absl::Time accepted_at,
                                const RevocationSet* revocations, absl::Time now) const {
  const absl::Status chained = CheckChain(signer, purpose, accepted_at);
  ERR_clear_error();
  if (!chained.ok()) return chained;
  if ((X509_get_extension_flags(const_cast<X509*>(&signer.x509())) & EXFLAG_CA) != 0)
    return Refused("is an authority's");
  if ((X509_get_key_usage(const_cast<X509*>(&signer.x509())) & KU_DIGITAL_SIGNATURE) == 0) {
    return Refused("is not for signatures");
  }
  if (revocations == nullptr) return absl::OkStatus();
  return CheckStanding(revocations->StandingOf(signer, now), accepted_at);
}

absl::Status SignerCheck::CheckChain(const Certificate& signer, int purpose, absl::Time accepted_at) const {
  const ContextPointer context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store_.get(), const_cast<X509*>(&signer.x509()), nullptr) != 1 ||
      X509_STORE_CTX_set_purpose(context.get(), purpose) != 1) {
    return absl::InternalError("the certificate cannot be checked");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(accepted_at));
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  return X509_verify_cert(context.get()) == 1 ? absl::OkStatus() : Explained(*context, purpose);
}

}  // namespace envej::certs
