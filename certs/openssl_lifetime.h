#ifndef ENVEJ_CERTS_OPENSSL_LIFETIME_H_
#define ENVEJ_CERTS_OPENSSL_LIFETIME_H_

namespace envej::certs {

// For a program that makes connections, before anything uses OpenSSL: the library then stays whole until the process is
// gone, and is not taken down by exit() under gRPC's threads, which nothing ends before: one that was in the middle of
// a handshake would crash the process after all its work was done, or leave what looks like a leak.
void KeepOpenSslToTheEnd();

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_OPENSSL_LIFETIME_H_
