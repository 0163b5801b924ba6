#include "tests/region-client/support/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "absl/time/clock.h"
#include "certs/certificate_authority.h"

namespace envej::region {
namespace {

std::string Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(chmod(path.c_str(), 0600), 0);
  return path;
}

}  // namespace

Certificates MakeCertificates(const std::string& folder) {
  const absl::Time from = absl::Now() - absl::Hours(1);
  const absl::Time to = absl::Now() + absl::Hours(1);
  const auto authority = certs::CertificateAuthority::Create("test authority", from, to);
  const auto issue = [&](certs::LeafUsage usage, const std::string& name) {
    certs::LeafRequest request;
    request.common_name = name;
    request.not_before = from;
    request.not_after = to;
    request.usage = usage;
    if (usage == certs::LeafUsage::kServer) {
      request.ip_addresses = {"127.0.0.1"};
    } else {
      request.uris = {"urn:envej:region:1081"};
    }
    const certs::IssuedCertificate issued = authority->Issue(request).value();
    return certs::TlsFiles{.certificate_chain = Write(folder + "/" + name + ".crt", issued.certificate_pem),
                           .private_key = Write(folder + "/" + name + ".key", issued.key_pem),
                           .authorities = Write(folder + "/authority.crt", authority->ToPem()->certificate_pem)};
  };
  return {.server = issue(certs::LeafUsage::kServer, "server"), .region = issue(certs::LeafUsage::kClient, "region")};
}

}  // namespace envej::region
