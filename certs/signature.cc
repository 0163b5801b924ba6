#include "certs/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

using ContextPointer = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<&EVP_MD_CTX_free>>;
using StorePointer = std::unique_ptr<X509_STORE, OpensslDeleter<&X509_STORE_free>>;
using StoreContextPointer = std::unique_ptr<X509_STORE_CTX, OpensslDeleter<&X509_STORE_CTX_free>>;

constexpr size_t kSignatureBytesMost = 128;

bool IsOnP256(const EVP_PKEY& key) {
  std::array<char, 32> group{};
  size_t size = 0;
  const bool is_elliptic = EVP_PKEY_is_a(&key, "EC") == 1;
  const bool named = is_elliptic && EVP_PKEY_get_group_name(&key, group.data(), group.size(), &size) == 1;
  ERR_clear_error();
  return named && absl::string_view(group.data(), size) == SN_X9_62_prime256v1;
}

const unsigned char* Unsigned(absl::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// OpenSSL counts references in it, but changes nothing else.
X509* Mutable(const Certificate& certificate) { return const_cast<X509*>(&certificate.x509()); }

bool HoldsUnder(const Certificate& signer, const std::vector<Certificate>& authorities, absl::Time at) {
  const StorePointer store(X509_STORE_new());
  const StoreContextPointer context(X509_STORE_CTX_new());
  if (store == nullptr || context == nullptr) return false;
  for (const Certificate& authority : authorities) X509_STORE_add_cert(store.get(), Mutable(authority));
  bool holds = X509_STORE_CTX_init(context.get(), store.get(), Mutable(signer), nullptr) == 1;
  if (holds) {
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(at));
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
    holds = X509_verify_cert(context.get()) == 1;
  }
  ERR_clear_error();
  return holds;
}

}  // namespace

absl::StatusOr<Signer> Signer::FromPem(absl::string_view certificate_chain, absl::string_view private_key) {
  absl::StatusOr<std::vector<Certificate>> chain = Certificate::FromPem(certificate_chain);
  if (!chain.ok()) return chain.status();
  absl::StatusOr<KeyPointer> key = ParsePrivateKey(private_key);
  if (!key.ok()) return key.status();
  const bool belongs = X509_check_private_key(&chain->front().x509(), key->get()) == 1;
  ERR_clear_error();
  if (!belongs) return absl::FailedPreconditionError("the key is not that of the certificate");
  if (!IsOnP256(**key)) return absl::FailedPreconditionError("the key is not one on the curve P-256");
  return Signer(std::move(chain->front()), *std::move(key));
}

absl::StatusOr<std::string> Signer::Sign(absl::string_view bytes) const {
  const ContextPointer context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytesMost, '\0');
  size_t size = signature.size();
  const bool is_signed = context != nullptr &&
                         EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                         EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                        Unsigned(bytes), bytes.size()) == 1;
  ERR_clear_error();
  if (!is_signed) return absl::InternalError("the signature could not be made");
  signature.resize(size);
  return signature;
}

absl::Status CheckSignature(const Certificate& signer, absl::string_view bytes, absl::string_view signature) {
  EVP_PKEY* const key = X509_get0_pubkey(&signer.x509());
  const ContextPointer context(EVP_MD_CTX_new());
  const bool holds =
      key != nullptr && IsOnP256(*key) && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), Unsigned(signature), signature.size(), Unsigned(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return holds ? absl::OkStatus() : absl::DataLossError("the signature is not the signer's");
}

absl::Status CheckBrokerSigner(const Certificate& signer, const std::vector<Certificate>& authorities,
                               absl::string_view name, absl::Time at, const RevocationSet* revocations,
                               absl::Time now) {
  const std::vector<std::string> uris = UriNames(signer.x509());
  const absl::StatusOr<std::string> named = ParseBrokerUri(uris.size() == 1 ? uris.front() : "");
  if (!named.ok() || *named != name) return absl::PermissionDeniedError("the signer's certificate is not the broker's");
  if (!HoldsUnder(signer, authorities, at)) {
    return absl::PermissionDeniedError(
        "the signer's certificate is not one for a server, valid at that time, under the authorities");
  }
  if (revocations == nullptr) return absl::OkStatus();
  absl::Status standing = CheckStanding(revocations->StandingOf(signer, now), at);
  if (!absl::IsUnavailable(standing)) return standing;
  return absl::UnavailableError(absl::StrCat("the signer's certificate cannot be judged: ", standing.message()));
}

}  // namespace envej::certs
