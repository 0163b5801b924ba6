#include "tests/certs/test_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

absl::Duration holds_for = absl::Hours(1);

}  // namespace

void LetHoldFor(absl::Duration duration) { holds_for = duration; }

TestDirectory::TestDirectory() : path_(::testing::TempDir() + "envej-certs-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no directory can be made at " << path_;
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TestDirectory::Path(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

std::string TestDirectory::Write(absl::string_view name, absl::string_view contents, mode_t mode) const {
  const std::string path = Path(name);
  std::ofstream(path, std::ios::binary).write(contents.data(), static_cast<std::streamsize>(contents.size()));
  EXPECT_EQ(chmod(path.c_str(), mode), 0) << path;
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path, std::ios::binary).rdbuf();
  return contents.str();
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

LeafRequest ClientRequest(absl::string_view uri) {
  LeafRequest request;
  request.common_name = "test leaf";
  request.uris = {std::string(uri)};
  request.not_before = absl::Now() - absl::Hours(1);
  request.not_after = absl::Now() + holds_for;
  request.usage = LeafUsage::kClient;
  return request;
}

LeafRequest ServerRequest() {
  LeafRequest request = ClientRequest("urn:envej:broker:broker-1");
  request.dns_names = {"localhost"};
  request.ip_addresses = {"127.0.0.1"};
  request.usage = LeafUsage::kServer;
  return request;
}

RevokedCertificate Revoked(const Certificate& certificate, RevocationReason reason) {
  return {.serial = SerialText(*X509_get0_serialNumber(&certificate.x509())),
          .reason = reason,
          .revoked_at = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())),
          .invalid_since = std::nullopt};
}

TestAuthority::TestAuthority(absl::string_view name)
    : authority_(
          CertificateAuthority::Create(name, absl::Now() - absl::Hours(24), absl::Now() + absl::Hours(24)).value()) {}

IssuedCertificate TestAuthority::Issue(const LeafRequest& request) const { return authority_.Issue(request).value(); }

Certificate TestAuthority::IssueCertificate(const LeafRequest& request) const {
  return Certificate::FromPem(Issue(request).certificate_pem).value().front();
}

Certificate TestAuthority::AsCertificate() const { return Certificate::FromPem(CertificatePem()).value().front(); }

std::string TestAuthority::RevocationListPem(const std::vector<RevokedCertificate>& revoked) const {
  return authority_
      .MakeRevocationList({.number = 1,
                           .this_update = absl::Now() - absl::Hours(1),
                           .next_update = absl::Now() + holds_for,
                           .revoked = revoked})
      .value();
}

std::string TestAuthority::CertificatePem() const { return authority_.ToPem().value().certificate_pem; }

TlsFiles TestAuthority::IssueFiles(const TestDirectory& directory, absl::string_view name,
                                   const LeafRequest& request) const {
  const IssuedCertificate issued = Issue(request);
  TlsFiles files;
  files.certificate_chain = directory.Write(absl::StrCat(name, ".pem"), issued.certificate_pem, 0644);
  files.private_key = directory.Write(absl::StrCat(name, ".key"), issued.key_pem);
  files.authorities = directory.Write(absl::StrCat(name, ".authorities.pem"), CertificatePem(), 0644);
  return files;
}

}  // namespace envej::certs
