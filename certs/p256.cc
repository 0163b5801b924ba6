#include "certs/p256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <array>

#include "absl/strings/string_view.h"

namespace envej::certs {
namespace {

bool Says(const EVP_PKEY& key, const char* parameter, absl::string_view expected) {
  std::array<char, 64> text{};
  size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(&key, parameter, text.data(), text.size(), &size) == 1 &&
         absl::string_view(text.data(), size) == expected;
}

}  // namespace

bool IsOnP256(const EVP_PKEY& key) {
  const bool is = EVP_PKEY_is_a(&key, "EC") == 1 && Says(key, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1) &&
                  Says(key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_GROUP);
  ERR_clear_error();
  return is;
}

bool IsOnP256(const X509& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(&certificate);
  const bool is = key != nullptr && IsOnP256(*key);
  ERR_clear_error();
  return is;
}

}  // namespace envej::certs
