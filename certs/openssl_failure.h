#ifndef ENVEJ_CERTS_OPENSSL_FAILURE_H_
#define ENVEJ_CERTS_OPENSSL_FAILURE_H_

#include <openssl/err.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace envej::certs {

// What OpenSSL could not do, without the errors that it left on this thread: they would be taken for a later call's.
inline absl::Status OpensslFailed(absl::string_view what) {
  ERR_clear_error();
  return absl::InternalError(what);
}

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_OPENSSL_FAILURE_H_
