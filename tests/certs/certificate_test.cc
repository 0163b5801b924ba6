#include "certs/certificate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

Certificate Issued(const std::string& uri) {
  return Certificate::FromPem(TestAuthority().Issue(ClientRequest(uri)).certificate_pem)->front();
}

TEST(CertificateTest, DerAndPemAreOneCertificate) {
  const Certificate certificate = Issued("urn:envej:region:1081");
  const absl::StatusOr<Certificate> again = Certificate::FromDer(certificate.der());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, certificate);
  EXPECT_EQ(again->fingerprint(), certificate.fingerprint());
  EXPECT_EQ(again->fingerprint().size(), 32u);
}

TEST(CertificateTest, SaysWhenItExpires) {
  const Certificate certificate = Issued("urn:envej:region:1081");
  EXPECT_TRUE(certificate.IsValidAt(certificate.not_after()));
  EXPECT_FALSE(certificate.IsValidAt(certificate.not_after() + absl::Seconds(1)));
}

TEST(CertificateTest, EachHasAFingerprintOfItsOwn) {
  EXPECT_NE(Issued("urn:envej:region:1081").fingerprint(), Issued("urn:envej:region:1081").fingerprint());
}

TEST(CertificateTest, RefusesWhatIsNotJustOneCertificate) {
  const std::string der = Issued("urn:envej:region:1081").der();
  const std::vector<std::string> others = {"",
                                           "x",
                                           der.substr(1),
                                           der.substr(0, der.size() - 1),
                                           der + "x",
                                           std::string(Certificate::kDerBytesMost + 1, '0')};
  for (const std::string& other : others) {
    EXPECT_TRUE(absl::IsInvalidArgument(Certificate::FromDer(other).status())) << other.size();
  }
  EXPECT_FALSE(Certificate::FromPem("nothing").ok());
}

}  // namespace
}  // namespace envej::certs
