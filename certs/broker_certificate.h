#ifndef ENVEJ_CERTS_BROKER_CERTIFICATE_H_
#define ENVEJ_CERTS_BROKER_CERTIFICATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace envej::certs {

// Checks what a broker's own certificate must be beside what LoadTlsFiles asks of every one, so that a wrong one is
// told at the start and not by every client: the first certificate in the file may prove a server (its key usages,
// where it states any, allow it), and its one URI name is urn:envej:broker:NAME. An error is one line that names the
// file and what to do.
absl::Status CheckBrokerCertificate(const std::string& path, absl::string_view name);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_BROKER_CERTIFICATE_H_
