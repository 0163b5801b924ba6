#include "certs/server_context.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/openssl_pointers.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

constexpr char kSuiteOfTls12[] = "ECDHE-ECDSA-AES256-GCM-SHA384";
constexpr int kChainMost = 8;  // certificates between a client's and its authority
constexpr std::array<unsigned char, 8> kHttp11 = {'h', 't', 't', 'p', '/', '1', '.', '1'};

absl::Status Refused(absl::string_view what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat("TLS: ", what));
}

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                   unsigned offered_size, void*) {
  for (unsigned at = 0; at < offered_size; at += 1u + offered[at]) {
    const unsigned char* name = offered + at + 1;
    if (offered[at] == kHttp11.size() && at + 1 + offered[at] <= offered_size &&
        std::equal(kHttp11.begin(), kHttp11.end(), name)) {
      *chosen = name;
      *size = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void SetPolicy(SSL_CTX& context) {
  SSL_CTX_set_options(&context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(&context, 0);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(&context, kChainMost);
  SSL_CTX_set_mode(&context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(&context, ChooseProtocol, nullptr);
}

absl::Status SetIdentity(SSL_CTX& context, const TlsMaterial& material) {
  absl::StatusOr<std::vector<CertificatePointer>> chain = ParseCertificates(material.certificate_chain);
  if (!chain.ok()) return chain.status();
  const absl::StatusOr<KeyPointer> key = ParsePrivateKey(material.private_key.view());
  if (!key.ok()) return key.status();
  if (SSL_CTX_use_certificate(&context, chain->front().get()) != 1) return Refused("the certificate is not taken");
  for (size_t at = 1; at < chain->size(); ++at) {
    if (SSL_CTX_add1_chain_cert(&context, (*chain)[at].get()) != 1) return Refused("the chain is not taken");
  }
  if (SSL_CTX_use_PrivateKey(&context, key->get()) != 1) return Refused("the key is not the certificate's");
  return absl::OkStatus();
}

absl::Status SetAuthorities(SSL_CTX& context, const TlsMaterial& material) {
  const absl::StatusOr<std::vector<CertificatePointer>> authorities = ParseCertificates(material.authorities);
  if (!authorities.ok()) return authorities.status();
  for (const CertificatePointer& authority : *authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(&context, authority.get()) != 1) {
      return Refused("an authority is not taken");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> Make(const TlsMaterial& material) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kSuiteOfTls12) != 1) {
    return Refused("not available");
  }
  SetPolicy(*context);
  if (const absl::Status status = SetIdentity(*context, material); !status.ok()) return status;
  if (const absl::Status status = SetAuthorities(*context, material); !status.ok()) return status;
  return context;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerContext>> ServerContext::Create(const TlsMaterial& material) {
  absl::StatusOr<std::shared_ptr<SSL_CTX>> context = Make(material);
  if (!context.ok()) return context.status();
  return std::unique_ptr<ServerContext>(new ServerContext(*std::move(context)));
}

std::shared_ptr<SSL_CTX> ServerContext::current() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

absl::Status ServerContext::Replace(const TlsMaterial& material) {
  absl::StatusOr<std::shared_ptr<SSL_CTX>> context = Make(material);
  if (!context.ok()) return context.status();
  const std::lock_guard lock(mutex_);
  context_ = *std::move(context);
  return absl::OkStatus();
}

}  // namespace envej::certs
