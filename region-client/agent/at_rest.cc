#include "region-client/agent/at_rest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/openssl_pointers.h"
#include "proto/contract/byte_codec.h"

namespace envej::region {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kIdBytes = 8;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
// Before the sealed bytes: the form, whose secret, and the nonce. Random nonces of 96 bits hold for 2^32 values.
constexpr char kForm = 1;
constexpr size_t kHeadBytes = 1 + kIdBytes + kNonceBytes;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, certs::OpensslDeleter<&EVP_CIPHER_CTX_free>>;
using Kdf = std::unique_ptr<EVP_KDF, certs::OpensslDeleter<&EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, certs::OpensslDeleter<&EVP_KDF_CTX_free>>;

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

absl::StatusOr<certs::WipedBytes> DeriveKey(std::string& secret, std::string purpose, size_t size) {
  const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()));
  certs::WipedBytes key(size);
  std::string digest = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose.data(), purpose.size()),
      OSSL_PARAM_construct_end()};
  if (context == nullptr || EVP_KDF_derive(context.get(), key.data(), key.size(), parameters) != 1) {
    return absl::InternalError("OpenSSL derives no keys");
  }
  return key;
}

}  // namespace

absl::StatusOr<AtRest::Keys> AtRest::Derive(const std::string& path) {
  absl::StatusOr<std::string> secret = certs::ReadSecretFile(path);
  if (!secret.ok()) return secret.status();
  const certs::WipedAtEnd wiped(*secret);
  absl::StatusOr<certs::WipedBytes> id = DeriveKey(*secret, "envej agent: name of the secret", kIdBytes);
  if (!id.ok()) return id.status();
  absl::StatusOr<certs::WipedBytes> sealing = DeriveKey(*secret, "envej agent: sealing at rest", kKeyBytes);
  if (!sealing.ok()) return sealing.status();
  absl::StatusOr<certs::WipedBytes> naming = DeriveKey(*secret, "envej agent: names of patients", kKeyBytes);
  if (!naming.ok()) return naming.status();
  return Keys{.id = std::string(id->view()), .sealing = *std::move(sealing), .naming = *std::move(naming)};
}

absl::StatusOr<AtRest> AtRest::Read(const std::string& secret, const std::vector<std::string>& former_secrets) {
  if (former_secrets.size() > kFormerSecretsMost) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kFormerSecretsMost, " former secrets"));
  }
  std::vector<std::string> paths = former_secrets;
  paths.insert(paths.begin(), secret);
  std::vector<Keys> all;
  for (const std::string& path : paths) {
    absl::StatusOr<Keys> keys = Derive(path);
    if (!keys.ok()) return keys.status();
    const bool is_known = std::any_of(all.begin(), all.end(), [&](const Keys& other) { return other.id == keys->id; });
    if (is_known) return absl::InvalidArgumentError(absl::StrCat(path, " holds a secret given before"));
    all.push_back(*std::move(keys));
  }
  return AtRest(std::move(all));
}

absl::StatusOr<std::string> AtRest::Seal(absl::string_view key, absl::string_view plain) const {
  const Keys& keys = keys_.front();
  std::string sealed(kHeadBytes + plain.size() + kTagBytes, '\0');
  sealed[0] = kForm;
  sealed.replace(1, kIdBytes, keys.id);
  unsigned char* const nonce = Bytes(sealed) + 1 + kIdBytes;
  unsigned char* const body = nonce + kNonceBytes;
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool done =
      context != nullptr && RAND_bytes(nonce, kNonceBytes) == 1 &&
      EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), Bytes(keys.sealing.view()), nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(key), static_cast<int>(key.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), body, &written, Bytes(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), body + written, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, body + plain.size()) == 1;
  if (!done) return absl::InternalError("OpenSSL seals nothing");
  return sealed;
}

absl::StatusOr<std::string> AtRest::Open(absl::string_view key, absl::string_view sealed) const {
  if (sealed.size() < kHeadBytes + kTagBytes || sealed[0] != kForm) return absl::DataLossError("it is damaged");
  const absl::string_view id = sealed.substr(1, kIdBytes);
  const auto keys = std::find_if(keys_.begin(), keys_.end(), [&](const Keys& each) { return each.id == id; });
  if (keys == keys_.end()) {
    return absl::FailedPreconditionError(
        "it was sealed under a secret that is not given: name it under data.secret or data.former_secrets");
  }
  const unsigned char* const nonce = Bytes(sealed) + 1 + kIdBytes;
  const absl::string_view body = sealed.substr(kHeadBytes, sealed.size() - kHeadBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(body.size(), '\0');
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool done =
      context != nullptr &&
      EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), Bytes(keys->sealing.view()), nonce, nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(key), static_cast<int>(key.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(plain), &written, Bytes(body), static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(plain) + written, &written) == 1;
  if (done) return plain;
  OPENSSL_cleanse(plain.data(), plain.size());
  return absl::DataLossError("it is damaged");
}

std::vector<std::string> AtRest::NamesOf(absl::Span<const absl::string_view> parts) const {
  contract::ByteWriter writer;
  for (const absl::string_view part : parts) writer.Bytes(part);
  std::string text = std::move(writer).bytes();
  const certs::WipedAtEnd wiped(text);
  std::vector<std::string> names;
  for (const Keys& keys : keys_) {
    std::string name(kKeyBytes, '\0');
    unsigned int size = 0;
    // Nothing from outside makes it fail, and names that are all alike would make all patients one.
    if (HMAC(EVP_sha256(), Bytes(keys.naming.view()), kKeyBytes, Bytes(text), text.size(), Bytes(name), &size) ==
        nullptr) {
      std::abort();
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace envej::region
