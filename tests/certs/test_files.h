#ifndef ENVEJ_TESTS_CERTS_TEST_FILES_H_
#define ENVEJ_TESTS_CERTS_TEST_FILES_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/certificate_authority.h"
#include "certs/revocation.h"
#include "certs/tls_files.h"

namespace envej::certs {

// A directory of one test's own, removed with everything in it when it goes.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  std::string Path(absl::string_view name) const;
  // Writes the file and gives its path.
  std::string Write(absl::string_view name, absl::string_view contents, mode_t mode = 0600) const;

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);
mode_t ModeOf(const std::string& path);

// How long the certificates and lists of the functions below hold that are made from now on: an hour unless said. For a
// test that lets hours pass.
void LetHoldFor(absl::Duration duration);

// A request that is right for a client, valid from an hour ago until an hour ahead.
LeafRequest ClientRequest(absl::string_view uri);
// The same for a server on the loopback addresses.
LeafRequest ServerRequest();

// The certificate's entry in a list, revoked now.
RevokedCertificate Revoked(const Certificate& certificate, RevocationReason reason);

// An authority of one test's own, and files of leaves under it.
class TestAuthority {
 public:
  explicit TestAuthority(absl::string_view name = "test authority");

  const CertificateAuthority& authority() const { return authority_; }
  IssuedCertificate Issue(const LeafRequest& request) const;
  Certificate IssueCertificate(const LeafRequest& request) const;
  std::string CertificatePem() const;
  Certificate AsCertificate() const;
  // A list number 1, from an hour ago until an hour ahead.
  std::string RevocationListPem(const std::vector<RevokedCertificate>& revoked) const;
  // Files called NAME.pem, NAME.key and NAME.authorities.pem.
  TlsFiles IssueFiles(const TestDirectory& directory, absl::string_view name, const LeafRequest& request) const;

 private:
  CertificateAuthority authority_;
};

}  // namespace envej::certs

#endif  // ENVEJ_TESTS_CERTS_TEST_FILES_H_
