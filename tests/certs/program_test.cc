// The program envej-certs as its users run it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/certificate.h"
#include "certs/inbox_certificate.h"
#include "certs/key_file.h"
#include "certs/tls_files.h"
#include "tests/certs/program_fixture.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(ProgramTest, InitMakesAnAuthorityThatOnlyItsOwnerMayUse) {
  const std::string authority = Init();
  EXPECT_EQ(ModeOf(authority), 0700u);
  EXPECT_EQ(ModeOf(authority + "/authority.key"), kOwnerOnly);
  EXPECT_EQ(CountFiles(), 3u);
  const nlohmann::json shown = Show(authority + "/authority.pem");
  EXPECT_EQ(shown["participant"], "authority");
  EXPECT_EQ(shown["usage"], "authority");
  EXPECT_EQ(shown["subject"], shown["issuer"]);
  EXPECT_TRUE(shown["uris"].empty());
}

TEST_F(ProgramTest, InitTakesNameAndDays) {
  ExpectDone("init --authority " + directory_.Path("named/") + " --name 'Région Ø' --days 10");
  const nlohmann::json shown = Show(directory_.Path("named/authority.pem"));
  EXPECT_EQ(shown["subject"], "CN=R\\C3\\A9gion \\C3\\98");
  EXPECT_EQ(shown["days_left"], 9);
  EXPECT_THAT(Refusal("init --authority " + directory_.Path("other") + " --name " + std::string(65, 'x')),
              HasSubstr("1 to 64"));
}

TEST_F(ProgramTest, InitRefusesWhatIsThere) {
  const std::string authority = Init();
  const std::string key = ReadFile(authority + "/authority.key");
  EXPECT_THAT(Refusal("init --authority " + authority), HasSubstr("there already"));
  EXPECT_EQ(ReadFile(authority + "/authority.key"), key);
  std::filesystem::create_directory(directory_.Path("empty"));
  EXPECT_THAT(Refusal("init --authority " + directory_.Path("empty")), HasSubstr("there already"));
}

TEST_F(ProgramTest, IssuesACertificateForEachKindOfParticipant) {
  Init();
  const std::vector<std::pair<std::string, std::string>> participants = {
      {"urn:envej:region:1081", "region"},
      {"urn:envej:region:1081:epj", "region"},
      {"urn:envej:municipality:0101", "municipality"},
      {"urn:envej:operations:night", "operations"}};
  for (const auto& [uri, participant] : participants) {
    ExpectDone(IssueArguments(uri, "--force"));
    const nlohmann::json shown = Show(directory_.Path("leaf.pem"));
    EXPECT_EQ(shown["uris"], nlohmann::json::array({uri}));
    EXPECT_EQ(shown["subject"], "CN=" + uri.substr(10));
    EXPECT_EQ(shown["participant"], participant);
    EXPECT_EQ(shown["usage"], "client");
    EXPECT_EQ(shown["days_left"], 364);
    EXPECT_EQ(shown["serial"].get<std::string>().size(), 32u);
    EXPECT_TRUE(OpensslVerifies("sslclient"));
    EXPECT_FALSE(OpensslVerifies("sslserver"));
    EXPECT_TRUE(LoadTlsFiles(LeafFiles(), absl::Now()).ok());
  }
}

TEST_F(ProgramTest, IssuesABrokersCertificateForItsNamesAndAddresses) {
  Init();
  ExpectDone(IssueArguments("urn:envej:broker:main",
                            "--dns localhost --dns broker.example.dk --ip 127.0.0.1 --ip ::1 --days 2"));
  const nlohmann::json shown = Show(directory_.Path("leaf.pem"));
  EXPECT_EQ(shown["participant"], "broker");
  EXPECT_EQ(shown["usage"], "server");
  EXPECT_EQ(shown["days_left"], 1);
  EXPECT_TRUE(OpensslVerifies("sslserver -verify_hostname broker.example.dk"));
  EXPECT_TRUE(OpensslVerifies("sslserver -verify_hostname localhost"));
  EXPECT_TRUE(OpensslVerifies("sslserver -verify_ip 127.0.0.1"));
  EXPECT_TRUE(OpensslVerifies("sslserver -verify_ip ::1"));
  EXPECT_FALSE(OpensslVerifies("sslserver -verify_ip 127.0.0.2"));
  EXPECT_FALSE(OpensslVerifies("sslclient"));
}

TEST_F(ProgramTest, IssuesACertificateForAMunicipalitysInbox) {
  const std::string authority = Init();
  ExpectDone(IssueArguments("urn:envej:municipality:0101", "--inbox"));
  const nlohmann::json shown = Show(directory_.Path("leaf.pem"));
  EXPECT_EQ(shown["uris"], nlohmann::json::array({"urn:envej:municipality:0101"}));
  EXPECT_EQ(shown["subject"], "CN=municipality:0101 inbox");
  EXPECT_EQ(shown["participant"], "municipality");
  EXPECT_EQ(shown["usage"], "inbox");
  EXPECT_FALSE(OpensslVerifies("sslclient"));
  EXPECT_FALSE(OpensslVerifies("sslserver"));
  const Certificate issued = Certificate::FromPem(ReadFile(directory_.Path("leaf.pem")))->front();
  const auto authorities = Certificate::FromPem(ReadFile(authority + "/authority.pem")).value();
  const absl::Status checked = CheckInboxCertificate(issued, authorities, "0101", absl::Now());
  EXPECT_TRUE(checked.ok()) << checked;
}

TEST_F(ProgramTest, OnlyAMunicipalityHasAnInbox) {
  Init();
  for (const char* uri : {"urn:envej:region:1084", "urn:envej:operations:night", "urn:envej:broker:main", "text"}) {
    EXPECT_THAT(Refusal(IssueArguments(uri, "--inbox")), HasSubstr("only a municipality has an inbox"));
  }
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:municipality:0101", "--inbox --dns localhost")),
              HasSubstr("only a broker's"));
}

TEST_F(ProgramTest, WritesTheKeyForItsOwnerOnlyAndLeavesNothingElse) {
  Init();
  const size_t before = CountFiles();
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  EXPECT_EQ(ModeOf(directory_.Path("leaf.key")), kOwnerOnly);
  EXPECT_EQ(ModeOf(directory_.Path("leaf.pem")), 0644u);
  EXPECT_THAT(ReadFile(directory_.Path("leaf.key")), ::testing::StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(CountFiles(), before + 2);
}

TEST_F(ProgramTest, IssueNeverOverwritesUnlessForced) {
  Init();
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  const std::string key = ReadFile(directory_.Path("leaf.key"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), AllOf(HasSubstr("leaf.key"), HasSubstr("--force")));
  std::filesystem::remove(directory_.Path("leaf.pem"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("leaf.key"));
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("leaf.pem")));
  EXPECT_EQ(ReadFile(directory_.Path("leaf.key")), key);

  std::filesystem::remove(directory_.Path("leaf.key"));
  directory_.Write("leaf.pem", "precious");
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("leaf.pem"));
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("leaf.key")));
  EXPECT_EQ(ReadFile(directory_.Path("leaf.pem")), "precious");

  ExpectDone(IssueArguments("urn:envej:region:1081", "--force"));
  EXPECT_TRUE(LoadTlsFiles(LeafFiles(), absl::Now()).ok());
  EXPECT_NE(ReadFile(directory_.Path("leaf.key")), key);
}

TEST_F(ProgramTest, IssueRefusesOtherUrisWithTheFormsItKnows) {
  Init();
  for (const char* uri : {"urn:envej:region:1", "urn:envej:Region:1081", "urn:envej:broker:", "https://example.dk",
                          "urn:envej:municipality:0101:x", "''"}) {
    EXPECT_THAT(Refusal(IssueArguments(uri)),
                AllOf(HasSubstr("urn:envej:region:CODE"), HasSubstr("urn:envej:municipality:CODE"),
                      HasSubstr("urn:envej:operations:NAME"), HasSubstr("urn:envej:broker:NAME")));
  }
  EXPECT_FALSE(std::filesystem::exists(directory_.Path("leaf.key")));
}

TEST_F(ProgramTest, OnlyABrokerBearsHostNamesAndItMust) {
  Init();
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:broker:main")), HasSubstr("--dns or --ip"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:broker:main", "--dns 'a b'")), HasSubstr("no host name"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:broker:main", "--ip 1.2.3")), HasSubstr("IPv4"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081", "--dns localhost")), HasSubstr("only a broker's"));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081", "--ip 127.0.0.1")), HasSubstr("only a broker's"));
}

TEST_F(ProgramTest, ALeafNeverOutlivesItsAuthority) {
  ExpectDone("init --authority " + directory_.Path("authority") + " --days 3");
  ExpectDone(IssueArguments("urn:envej:region:1081", "--days 30"));
  EXPECT_EQ(Show(directory_.Path("leaf.pem"))["not_after"],
            Show(directory_.Path("authority/authority.pem"))["not_after"]);
}

TEST_F(ProgramTest, IssueRefusesAnAuthorityItCannotTrust) {
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("authority.key"));
  const std::string authority = Init();
  std::filesystem::permissions(authority + "/authority.key", std::filesystem::perms(0640));
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("chmod 600"));
  std::filesystem::permissions(authority + "/authority.key", std::filesystem::perms(0600));
  directory_.Write("authority/authority.pem", "not a certificate");
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")),
              AllOf(HasSubstr("authority.pem"), HasSubstr("holds no certificate")));
  directory_.Write("authority/authority.pem", TestAuthority().CertificatePem());
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("not that of its certificate"));
  const IssuedCertificate leaf = TestAuthority().Issue(ClientRequest("urn:envej:region:1081"));
  directory_.Write("authority/authority.pem", leaf.certificate_pem);
  directory_.Write("authority/authority.key", leaf.key_pem);
  EXPECT_THAT(Refusal(IssueArguments("urn:envej:region:1081")), HasSubstr("not an authority's"));
}

TEST_F(ProgramTest, SerialNumbersDiffer) {
  Init();
  ExpectDone(IssueArguments("urn:envej:region:1081"));
  const nlohmann::json first = Show(directory_.Path("leaf.pem"))["serial"];
  ExpectDone(IssueArguments("urn:envej:region:1081", "--force"));
  EXPECT_NE(Show(directory_.Path("leaf.pem"))["serial"], first);
}

TEST_F(ProgramTest, ShowSaysWhatAnOddCertificateStates) {
  const TestAuthority authority;
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.uris.push_back("urn:envej:region:1082");
  request.not_before = absl::FromUnixSeconds(1'577'836'800);
  request.not_after = absl::FromUnixSeconds(1'609'459'199);
  const std::string path = directory_.Write("odd.pem", authority.Issue(request).certificate_pem);
  const nlohmann::json shown = Show(path);
  EXPECT_EQ(shown["participant"], "none");
  EXPECT_EQ(shown["uris"].size(), 2u);
  EXPECT_EQ(shown["not_before"], "2020-01-01T00:00:00Z");
  EXPECT_EQ(shown["not_after"], "2020-12-31T23:59:59Z");
  EXPECT_LT(shown["days_left"], 0);
  const Result text = Run("show " + path);
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.output, AllOf(HasSubstr("valid until  2020-12-31T23:59:59Z"), HasSubstr("participant  none"),
                                 HasSubstr(shown["sha256_fingerprint"].get<std::string>())));
}

TEST_F(ProgramTest, ShowGivesTheFingerprintThatOpensslGives) {
  Init();
  const std::string fingerprint = Show(directory_.Path("authority/authority.pem"))["sha256_fingerprint"];
  EXPECT_EQ(std::system(absl::StrCat("openssl x509 -noout -fingerprint -sha256 -in ",
                                     directory_.Path("authority/authority.pem"),
                                     " | tr A-F a-f | grep -q '=", fingerprint, "$'")
                            .c_str()),
            0);
}

TEST_F(ProgramTest, ShowRefusesWhatIsNoCertificate) {
  EXPECT_THAT(Refusal("show " + directory_.Path("none.pem")), HasSubstr("none.pem"));
  EXPECT_THAT(Refusal("show " + directory_.Write("text.pem", "text")), HasSubstr("holds no certificate"));
}

TEST_F(ProgramTest, SecretIsRandomPrivateAndNeverReplaced) {
  ExpectDone("secret --out " + directory_.Path("first"));
  ExpectDone("secret --out " + directory_.Path("second"));
  EXPECT_EQ(ModeOf(directory_.Path("first")), kOwnerOnly);
  const absl::StatusOr<std::string> secret = ReadSecretFile(directory_.Path("first"));
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_NE(*secret, ReadSecretFile(directory_.Path("second")).value());
  EXPECT_EQ(ReadFile(directory_.Path("first")).size(), 65u);
  EXPECT_THAT(Refusal("secret --out " + directory_.Path("first")), HasSubstr("there already"));
  EXPECT_EQ(ReadSecretFile(directory_.Path("first")).value(), *secret);
}

TEST_F(ProgramTest, HelpIsAnAnswerAndWrongUsageIsNot) {
  for (const char* arguments :
       {"--help", "init --help", "issue --help", "renew --help", "revoke --help", "show --help", "secret --help"}) {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << arguments;
    EXPECT_THAT(result.output, HasSubstr("Usage:"));
  }
  for (const char* arguments : {"", "renounce", "init", "issue --uri", "renew", "revoke", "show", "secret", "show a b",
                                "init --authority x --days 0", "show x --output xml"}) {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_NE(result.error, "") << arguments;
  }
}

TEST_F(ProgramTest, AWordThatItDoesNotKnowIsNamed) {
  EXPECT_THAT(
      Run("renounce").error,
      HasSubstr("envej-certs does not know 'renounce'; its commands are init, issue, renew, revoke, show, secret\n"));
  EXPECT_THAT(Run("--renounce").error, HasSubstr("does not know '--renounce'"));
  EXPECT_THAT(Run("secret --renounce").error, HasSubstr("envej-certs secret does not know '--renounce'\n"));
}

TEST_F(ProgramTest, SaysItsVersion) {
  const Result result = Run("--version");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, testing::MatchesRegex("envej-certs [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace envej::certs
