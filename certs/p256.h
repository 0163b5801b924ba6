#ifndef ENVEJ_CERTS_P256_H_
#define ENVEJ_CERTS_P256_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace envej::certs {

// Whether a key is one on the curve P-256 (secp256r1), named and not spelt out. Safe from any thread.
bool IsOnP256(const EVP_PKEY& key);
bool IsOnP256(const X509& certificate);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_P256_H_
