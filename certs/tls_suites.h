#ifndef ENVEJ_CERTS_TLS_SUITES_H_
#define ENVEJ_CERTS_TLS_SUITES_H_

namespace envej::certs {

// Leaves one cipher suite for TLS 1.2, ECDHE-ECDSA-AES256-GCM-SHA384, in all that this process serves or connects to:
// where the server has no order of its own, and gRPC gives it none, the client's would decide. The suites of TLS 1.3
// stay as they are. To be called before any other thread runs and before gRPC is used; whatever the environment says.
void LeaveOneSuiteOfTls12();

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_TLS_SUITES_H_
