// envej-certs renew, as its users run it.

#include <gmock/gmock.h>

#include "tests/certs/program_fixture.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RenewalTest : public ProgramTest {
 protected:
  std::string RenewArguments(const std::string& more = "") const {
    return absl::StrCat("renew --authority ", directory_.Path("authority"), " --certificate ",
                        directory_.Path("leaf.pem"), " --out ", directory_.Path("renewed"), " ", more);
  }

  TlsFiles RenewedFiles() const {
    return {directory_.Path("renewed.pem"), directory_.Path("renewed.key"), directory_.Path("authority/authority.pem")};
  }
};

TEST_F(RenewalTest, MakesANewCertificateAndKeyWithTheSameNamesAndUsage) {
  Init();
  for (const char* issue : {"urn:envej:region:1081:epj", "urn:envej:broker:main --dns localhost --ip ::1"}) {
    ExpectDone(IssueArguments(issue, "--force --days 2"));
    ExpectDone(RenewArguments("--force --days 20"));
    const nlohmann::json former = Show(directory_.Path("leaf.pem"));
    const nlohmann::json renewed = Show(directory_.Path("renewed.pem"));
    for (const char* same : {"subject", "uris", "participant", "usage", "issuer"})
      EXPECT_EQ(renewed[same], former[same]);
    for (const char* changed : {"serial", "sha256_fingerprint"}) EXPECT_NE(renewed[changed], former[changed]);
    EXPECT_EQ(renewed["days_left"], 19);
    EXPECT_TRUE(LoadTlsFiles(RenewedFiles(), absl::Now()).ok());
    EXPECT_EQ(ModeOf(directory_.Path("renewed.key")), kOwnerOnly);
    EXPECT_NE(ReadFile(directory_.Path("renewed.key")), ReadFile(directory_.Path("leaf.key")));
  }
  const auto names_of = [&](const std::string& name) {
    std::system(absl::StrCat("openssl x509 -noout -ext subjectAltName,keyUsage,extendedKeyUsage,basicConstraints -in ",
                             directory_.Path(name), " >", directory_.Path("names"))
                    .c_str());
    return ReadFile(directory_.Path("names"));
  };
  EXPECT_THAT(names_of("renewed.pem"), HasSubstr("DNS:localhost"));
  EXPECT_EQ(names_of("renewed.pem"), names_of("leaf.pem"));
}

TEST_F(RenewalTest, WithTheSameKeyItWritesTheCertificateOnly) {
  Init();
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  ExpectDone(RenewArguments("--same-key"));
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("renewed.key")));
  EXPECT_NE(ReadFile(directory_.Path("renewed.pem")), ReadFile(directory_.Path("leaf.pem")));
  TlsFiles files = RenewedFiles();
  files.private_key = directory_.Path("leaf.key");
  EXPECT_TRUE(LoadTlsFiles(files, absl::Now()).ok());
}

TEST_F(RenewalTest, NeverOverwritesUnlessForced) {
  Init();
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  const std::string key = directory_.Write("renewed.key", "precious");
  EXPECT_THAT(Refusal(RenewArguments()), AllOf(HasSubstr(key), HasSubstr("--force")));
  EXPECT_EQ(ReadFile(key), "precious");
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("renewed.pem")));
  ExpectDone(RenewArguments("--same-key"));
  EXPECT_THAT(Refusal(RenewArguments("--same-key")), HasSubstr("renewed.pem"));
  EXPECT_EQ(ReadFile(key), "precious");
  ExpectDone(RenewArguments("--force"));
  EXPECT_TRUE(LoadTlsFiles(RenewedFiles(), absl::Now()).ok());
}

TEST_F(RenewalTest, RefusesWhatItsAuthorityDidNotIssueOrHasRevoked) {
  const std::string authority = Init();
  directory_.Write("leaf.pem", TestAuthority().Issue(ClientRequest("urn:envej:region:1081")).certificate_pem);
  EXPECT_THAT(Refusal(RenewArguments()), AllOf(HasSubstr("leaf.pem"), HasSubstr("did not issue")));
  directory_.Write("leaf.pem", ReadFile(authority + "/authority.pem"));
  EXPECT_THAT(Refusal(RenewArguments()), HasSubstr("did not issue"));
  directory_.Write("leaf.pem", "text");
  EXPECT_THAT(Refusal(RenewArguments()), HasSubstr("holds no certificate"));
  ExpectDone(IssueArguments("urn:envej:region:1081", "--force"));
  ExpectDone(absl::StrCat("revoke --reason superseded --authority ", authority, " --certificate ",
                          directory_.Path("leaf.pem")));
  EXPECT_THAT(Refusal(RenewArguments()), HasSubstr("is revoked"));
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("renewed.pem")));
}

TEST_F(RenewalTest, NeverOutlivesItsAuthority) {
  ExpectDone("init --days 5 --authority " + directory_.Path("authority"));
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  ExpectDone(RenewArguments());
  EXPECT_EQ(Show(directory_.Path("renewed.pem"))["not_after"],
            Show(directory_.Path("authority/authority.pem"))["not_after"]);
}

}  // namespace
}  // namespace envej::certs
