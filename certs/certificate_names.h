#ifndef ENVEJ_CERTS_CERTIFICATE_NAMES_H_
#define ENVEJ_CERTS_CERTIFICATE_NAMES_H_

#include "certs/certificate.h"
#include "certs/identity.h"

namespace envej::certs {

// All names in the certificate that can say which participant it is for. An attribute of the subject that cannot be
// read as text is given with an empty value.
CertificateNames NamesOf(const Certificate& certificate);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CERTIFICATE_NAMES_H_
