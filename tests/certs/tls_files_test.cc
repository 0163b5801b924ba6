#include "certs/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>

#include "absl/time/clock.h"
#include "certs/openssl_pointers.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoadTlsFilesTest : public ::testing::Test {
 protected:
  // The one line that says why the files are refused.
  std::string RefusalAt(const TlsFiles& files, absl::Time now) {
    const absl::StatusOr<TlsMaterial> material = LoadTlsFiles(files, now);
    EXPECT_FALSE(material.ok());
    const std::string message(material.status().message());
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_THAT(message, Not(HasSubstr("-----")));
    return message;
  }
  std::string Refusal(const TlsFiles& files) { return RefusalAt(files, absl::Now()); }

  TestDirectory directory_;
  TestAuthority authority_;
  TlsFiles files_ = authority_.IssueFiles(directory_, "leaf", ClientRequest("urn:envej:municipality:0101"));
};

TEST_F(LoadTlsFilesTest, GivesTheContentsOfProperFiles) {
  const absl::StatusOr<TlsMaterial> material = LoadTlsFiles(files_, absl::Now());
  ASSERT_TRUE(material.ok()) << material.status();
  EXPECT_EQ(material->certificate_chain, ReadFile(files_.certificate_chain));
  EXPECT_EQ(std::string(material->private_key.view()), ReadFile(files_.private_key));
  EXPECT_EQ(material->authorities, ReadFile(files_.authorities));
}

TEST_F(LoadTlsFilesTest, NamesEachMissingFile) {
  for (std::string TlsFiles::*member : {&TlsFiles::certificate_chain, &TlsFiles::private_key, &TlsFiles::authorities}) {
    TlsFiles files = files_;
    files.*member = directory_.Path("missing");
    EXPECT_THAT(Refusal(files), HasSubstr(directory_.Path("missing")));
  }
}

TEST_F(LoadTlsFilesTest, NamesEachMalformedFile) {
  const std::string pem = ReadFile(files_.certificate_chain);
  const std::string broken = pem.substr(0, 60) + "!!!!" + pem.substr(64);
  for (const std::string& contents : {std::string(), std::string("text"), broken, pem + broken}) {
    for (std::string TlsFiles::*member :
         {&TlsFiles::certificate_chain, &TlsFiles::private_key, &TlsFiles::authorities}) {
      TlsFiles files = files_;
      files.*member = directory_.Write("malformed", contents);
      EXPECT_THAT(Refusal(files), HasSubstr(directory_.Path("malformed")));
    }
  }
}

TEST_F(LoadTlsFilesTest, RefusesAKeyThatOthersMayRead) {
  ASSERT_EQ(chmod(files_.private_key.c_str(), 0640), 0);
  EXPECT_THAT(Refusal(files_), HasSubstr("chmod 600 " + files_.private_key));
}

TEST_F(LoadTlsFilesTest, RefusesAKeyOfAnotherCertificate) {
  files_.private_key = authority_.IssueFiles(directory_, "other", ClientRequest("urn:envej:region:1081")).private_key;
  EXPECT_THAT(Refusal(files_),
              AllOf(HasSubstr(files_.private_key), HasSubstr(files_.certificate_chain), HasSubstr("belong together")));
}

TEST_F(LoadTlsFilesTest, RefusesAKeyUnderAPasswordWithoutAskingForIt) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const std::string path = directory_.Write("encrypted", "");
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  char password[] = "password";
  EXPECT_EQ(PEM_write_PKCS8PrivateKey(file, key.get(), EVP_aes_256_cbc(), password, 8, nullptr, nullptr), 1);
  ASSERT_EQ(std::fclose(file), 0);
  files_.private_key = path;
  EXPECT_THAT(Refusal(files_), AllOf(HasSubstr(path), HasSubstr("under a password")));
}

TEST_F(LoadTlsFilesTest, SaysUntilWhenAnExpiredCertificateWasValid) {
  LeafRequest request = ClientRequest("urn:envej:municipality:0101");
  request.not_before = absl::FromUnixSeconds(1'577'836'800);
  request.not_after = absl::FromUnixSeconds(1'609'459'199);
  const TlsFiles files = authority_.IssueFiles(directory_, "expired", request);
  EXPECT_THAT(Refusal(files), AllOf(HasSubstr(files.certificate_chain), HasSubstr("until 2020-12-31 23:59:59 UTC")));
}

TEST_F(LoadTlsFilesTest, SaysFromWhenACertificateWillBeValid) {
  LeafRequest request = ClientRequest("urn:envej:municipality:0101");
  request.not_before = absl::FromUnixSeconds(4'102'444'800);
  request.not_after = absl::FromUnixSeconds(4'133'980'800);
  const TlsFiles files = authority_.IssueFiles(directory_, "early", request);
  EXPECT_THAT(Refusal(files), AllOf(HasSubstr(files.certificate_chain), HasSubstr("from 2100-01-01 00:00:00 UTC")));
}

TEST_F(LoadTlsFilesTest, ACertificateIsValidThroughItsLastSecond) {
  LeafRequest request = ClientRequest("urn:envej:municipality:0101");
  request.not_after = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 60);
  const TlsFiles files = authority_.IssueFiles(directory_, "last", request);
  EXPECT_TRUE(LoadTlsFiles(files, request.not_after).ok());
  EXPECT_FALSE(LoadTlsFiles(files, request.not_after + absl::Seconds(1)).ok());
}

TEST_F(LoadTlsFilesTest, NeedsOneAuthorityThatIsValid) {
  const absl::Time now = absl::Now();
  const CertificateAuthority expired =
      CertificateAuthority::Create("expired", now - absl::Hours(9), now - absl::Hours(8)).value();
  const std::string expired_pem = expired.ToPem().value().certificate_pem;
  files_.authorities = directory_.Write("authorities", expired_pem);
  EXPECT_THAT(Refusal(files_), AllOf(HasSubstr(files_.authorities), HasSubstr("no authority")));
  files_.authorities = directory_.Write("authorities", expired_pem + authority_.CertificatePem());
  EXPECT_TRUE(LoadTlsFiles(files_, now).ok());
}

}  // namespace
}  // namespace envej::certs
