// testssl.sh of Debian on the running broker: nothing above "low" but what tls_scan_allowed.txt allows by id.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"

namespace envej::trust {
namespace {

using support::BrokerProcess;
using support::Ended;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr size_t kFindingsLeast = 60;

std::string AllowedPath() {
  return absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/trust/tls_scan_allowed.txt");
}

// Reasons by id.
std::map<std::string, std::string> Allowed() {
  std::map<std::string, std::string> allowed;
  std::ifstream file(AllowedPath());
  EXPECT_TRUE(file.is_open()) << AllowedPath();
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const size_t colon = line.find(':');
    EXPECT_NE(colon, std::string::npos) << line;
    if (colon == std::string::npos) continue;
    allowed[line.substr(0, colon)] = std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return allowed;
}

// What a scan found above "low", or could not find out, and nobody has allowed.
std::vector<std::string> NotAllowed(const nlohmann::json& findings, const std::map<std::string, std::string>& allowed) {
  static const std::set<std::string> kHarmless = {"OK", "INFO", "LOW", "DEBUG"};
  std::vector<std::string> found;
  for (const nlohmann::json& finding : findings) {
    const std::string severity = finding.value("severity", "none");
    const std::string id = finding.value("id", "none");
    if (kHarmless.count(severity) > 0 || allowed.count(id) > 0) continue;
    found.push_back(absl::StrCat(severity, " ", id, ": ", finding.value("finding", "")));
  }
  return found;
}

TEST(TlsScanTest, AFindingAboveLowIsNotPassedOver) {
  const auto findings = nlohmann::json::parse(
      R"([{"id":"a","severity":"OK","finding":""},{"id":"b","severity":"MEDIUM","finding":"weak"},
          {"id":"c","severity":"HIGH","finding":"known"},{"id":"d","severity":"WARN","finding":"could not test"},
          {"id":"e","severity":"LOW","finding":""}])");
  EXPECT_THAT(NotAllowed(findings, {{"c", "for a reason"}}), ElementsAre("MEDIUM b: weak", "WARN d: could not test"));
}

TEST(TlsScanTest, EveryAllowedFindingHasAReason) {
  const std::map<std::string, std::string> allowed = Allowed();
  EXPECT_FALSE(allowed.empty());
  for (const auto& [id, reason] : allowed) EXPECT_GT(reason.size(), 40U) << id;
}

class ScannedBroker {
 public:
  // With certificates as envej-certs makes them, under an authority of its own.
  bool Start() {
    const std::string authority = broker_.folder().Path("authority");
    const std::string certs = support::ProgramPath("envej-certs");
    const std::string issued = broker_.folder().Path("scanned");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{certs, "init", "--authority", authority, "--name", "scan"},
          {certs, "issue", "--authority", authority, "--uri", "urn:envej:broker:broker-1", "--out", issued, "--dns",
           "localhost", "--ip", "127.0.0.1"}}) {
      const Ended ended = support::RunProgram(command);
      EXPECT_EQ(ended.code, 0) << ended.err;
    }
    const std::string own = certs::ReadFile(authority + "/authority.pem");
    broker_.folder().Write("broker.pem", certs::ReadFile(issued + ".pem"), 0644);
    broker_.folder().Write("broker.key", certs::ReadFile(issued + ".key"));
    broker_.folder().Write("broker.authorities.pem", own + support::SharedAuthority().CertificatePem(), 0644);
    authority_file_ = broker_.folder().Write("scan.authority.pem", own, 0644);
    return broker_.Start();
  }

  nlohmann::json Scan() {
    const std::string report = broker_.folder().Path("scan.json");
    const std::string port = broker_.address().substr(broker_.address().rfind(':') + 1);
    // Protocols, ciphers, the server's choices and certificate, forward secrecy, each vulnerability, odd handshakes.
    // Left out are the simulation of browsers and what concerns web pages.
    const Ended ended = support::RunProgram({"/usr/bin/testssl",
                                             "--quiet",
                                             "--color",
                                             "0",
                                             "--warnings",
                                             "batch",
                                             "--nodns",
                                             "none",
                                             "--ip",
                                             "127.0.0.1",
                                             "--add-ca",
                                             authority_file_,
                                             "--jsonfile",
                                             report,
                                             "--protocols",
                                             "--std",
                                             "--server-preference",
                                             "--server-defaults",
                                             "--fs",
                                             "--vulnerable",
                                             "--grease",
                                             absl::StrCat("localhost:", port)},
                                            absl::Seconds(200));
    EXPECT_NE(ended.code, -1) << "it takes too long";
    nlohmann::json findings = nlohmann::json::parse(certs::ReadFile(report), nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(findings.is_array()) << ended.out << ended.err;
    return findings;
  }

  BrokerProcess& broker() { return broker_; }

 private:
  BrokerProcess broker_;
  std::string authority_file_;
};

TEST(TlsScanTest, NothingIsFoundAboveLow) {
  ScannedBroker scanned;
  ASSERT_TRUE(scanned.Start());
  const nlohmann::json findings = scanned.Scan();
  ASSERT_TRUE(findings.is_array());
  EXPECT_THAT(NotAllowed(findings, Allowed()), IsEmpty());
  EXPECT_GT(findings.size(), kFindingsLeast);
  std::map<std::string, std::string> said;
  for (const nlohmann::json& finding : findings) said[finding.value("id", "")] = finding.value("finding", "");
  EXPECT_THAT(said["TLS1_1"], testing::StartsWith("not offered"));
  EXPECT_THAT(said["TLS1_2"], testing::StartsWith("offered"));
  EXPECT_THAT(said["TLS1_3"], testing::StartsWith("offered"));
  EXPECT_THAT(said["heartbleed"], testing::StartsWith("not vulnerable"));
  EXPECT_EQ(scanned.broker().Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::trust
