// What region-client/INTEGRATION.md tells a hospital to write and to run, written and run as it stands there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/process.h"

namespace envej::wards {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

// The page's blocks of one language, one after another.
std::string Blocks(const std::string& page, const std::string& language) {
  std::string blocks;
  bool is_within = false;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(page, '\n'))) {
    if (line == absl::StrCat("```", language)) {
      is_within = true;
    } else if (line == "```") {
      is_within = false;
    } else if (is_within) {
      absl::StrAppend(&blocks, line, "\n");
    }
  }
  return blocks;
}

std::string FreePort() {
  const std::string address = support::FreeAddress(std::random_device{}());
  return address.substr(address.rfind(':') + 1);
}

TEST(IntegrationPageTest, EachBlockDoesWhatThePageSays) {
  support::BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const std::string source = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  const certs::TestDirectory folder;
  const std::vector<std::string> connection = broker.ConnectionArguments(support::kRegion, "agent");
  folder.Write("region-1084.pem", certs::ReadFile(connection[3]));
  folder.Write("region-1084.key", certs::ReadFile(connection[5]));
  folder.Write("authorities.pem", certs::ReadFile(connection[7]));
  folder.Write("commitment.secret", certs::ReadFile(broker.folder().Path("commitment.secret")));
  support::SharedAuthority().IssueFiles(folder, "page", certs::ServerRequest());
  support::SharedAuthority().IssueFiles(folder, "pas", certs::ClientRequest("urn:envej:region:1084:pas"));
  folder.Write("hospital-ca.pem", certs::ReadFile(connection[7]));
  for (const char* const kind : {"hl7", "fhir"}) {
    std::filesystem::copy(absl::StrCat(source, "/region-client/examples/", kind), folder.Path(kind));
  }

  const std::string page =
      absl::StrReplaceAll(certs::ReadFile(source + "/region-client/INTEGRATION.md"),
                          {{"broker.example:8443", connection[1]}, {"6661", FreePort()}, {"8444", FreePort()}});
  folder.Write("agent.yaml", Blocks(page, "yaml"));
  folder.Write("page.sh", Blocks(page, "sh"));
  const support::Ended ended = support::RunProgram(
      {"/usr/bin/env", "TZ=Europe/Copenhagen",
       absl::StrCat("PATH=", std::getenv("ENVEJ_BINARY_DIRECTORY"), ":", std::getenv("PATH")), "/bin/sh", "-c",
       "cd \"$0\" && trap 'kill $(jobs -p) 2>/dev/null || true' EXIT && set -e && . ./page.sh", folder.Path("")},
      absl::Minutes(2));
  ASSERT_EQ(ended.code, support::kDone) << ended.out << ended.err;
  for (const int message : {1, 2, 3, 4, 5}) {
    EXPECT_THAT(ended.out, HasSubstr(absl::StrCat("MSA|AA|EXAMPLE-", message)));
  }
  EXPECT_THAT(ended.out, HasSubstr("MSA|CA|EXAMPLE-5"));
  EXPECT_THAT(ended.out, HasSubstr(R"("code":"ok")"));
  EXPECT_THAT(ended.out, ContainsRegex("MSA.AE.EXAMPLE-3\rERR..PID.1.3.101"));
  EXPECT_THAT(ended.out, ContainsRegex("MSA.AR.EXAMPLE-3\rERR..MSH.1.11.202"));
  EXPECT_THAT(ended.out, HasSubstr("PID-3 is missing"));
}

}  // namespace
}  // namespace envej::wards
