#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_CERTIFICATES_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_CERTIFICATES_H_

#include <string>

#include "certs/tls_files.h"

namespace envej::region {

// A server's and a region's files under one new authority, valid now, in `folder` (which exists).
struct Certificates {
  certs::TlsFiles server;
  certs::TlsFiles region;
};
Certificates MakeCertificates(const std::string& folder);

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_CERTIFICATES_H_
