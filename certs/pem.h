#ifndef ENVEJ_CERTS_PEM_H_
#define ENVEJ_CERTS_PEM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/openssl_pointers.h"

namespace envej::certs {

// Keys and certificates as PEM text. Errors are INVALID_ARGUMENT, say what is wrong in a few words, and never repeat
// what was read.

// Every certificate in the text, in order: at least one.
absl::StatusOr<std::vector<CertificatePointer>> ParseCertificates(absl::string_view pem);
// The first private key in the text. A key under a password is refused: nobody is there to be asked.
absl::StatusOr<KeyPointer> ParsePrivateKey(absl::string_view pem);

absl::StatusOr<std::string> ToPem(const X509& certificate);
absl::StatusOr<std::string> ToPem(const EVP_PKEY& key);  // PKCS#8, not encrypted

// The certificate's first and last moment. A date that cannot be read is the infinite past, so that it never counts
// as valid.
absl::Time NotBefore(const X509& certificate);
absl::Time NotAfter(const X509& certificate);

// A moment as certificates and lists write it; the infinite past if it is none.
absl::Time ToTime(const ASN1_TIME* time);

// A serial number as lower-case hexadecimal digits, two a byte, after a minus if it is negative.
std::string SerialText(const ASN1_INTEGER& serial);

// All URI names of the certificate, in order.
std::vector<std::string> UriNames(const X509& certificate);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_PEM_H_
