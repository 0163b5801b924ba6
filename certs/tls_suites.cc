#include "certs/tls_suites.h"

#include <cstdlib>

namespace envej::certs {

// gRPC has no other setting for it.
void LeaveOneSuiteOfTls12() { setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-ECDSA-AES256-GCM-SHA384", /*overwrite=*/1); }

}  // namespace envej::certs
