#ifndef ENVEJ_CERTS_BROKER_CERTIFICATE_H_
#define ENVEJ_CERTS_BROKER_CERTIFICATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"

namespace envej::certs {

// Checks what a broker's own certificate must be beside what LoadTlsFiles asks of every one, so that a wrong one is
// told at the start and not by every client: it may prove a server (its key usages, where it states any, allow it), and
// its one URI name is urn:envej:broker:NAME. The error says "the certificate is ..." and what to do.
absl::Status CheckBrokerCertificate(const Certificate& certificate, absl::string_view name);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_BROKER_CERTIFICATE_H_
