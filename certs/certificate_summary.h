#ifndef ENVEJ_CERTS_CERTIFICATE_SUMMARY_H_
#define ENVEJ_CERTS_CERTIFICATE_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/openssl_pointers.h"

namespace envej::certs {

// What a person wants to know of a certificate. All text is printable ASCII: other characters are escaped.
struct CertificateSummary {
  std::string subject;            // RFC 2253
  std::vector<std::string> uris;  // proper: exactly one, except an authority, which has none
  std::string participant;        // region, municipality or operations; broker; authority; none
  std::string usage;              // server, client, both, inbox, authority or other
  std::string serial;             // hexadecimal
  absl::Time not_before;
  absl::Time not_after;
  int64_t days_left = 0;  // whole days as of the given time; negative once it is over
  std::string issuer;
  std::string sha256_fingerprint;  // of the whole certificate, hexadecimal pairs with colons
};

// A name as RFC 2253 writes it, in printable ASCII.
std::string NameText(const X509_NAME* name);

absl::StatusOr<CertificateSummary> Summarise(X509& certificate, absl::Time now);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CERTIFICATE_SUMMARY_H_
