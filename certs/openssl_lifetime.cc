#include "certs/openssl_lifetime.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <iostream>

namespace envej::certs {

void KeepOpenSslToTheEnd() {
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) == 1) return;
  std::cerr << "OpenSSL cannot be used\n";
  std::abort();
}

}  // namespace envej::certs
