#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "region-client/agent/agent_config.h"
#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kAlone[] = R"(broker:
  address: broker.example:8443
  certificate: agent.pem
  key: agent.key
  authorities: authorities.pem
  commitment_secret: commitment.secret
data:
  folder: data
  secret: agent.secret
site:
  patient_authority: hospital
  wards: [P1, P2]
)";
constexpr char kPage[] =
    "page:\n  listen: 127.0.0.1:8444\n  certificate: page.pem\n  key: page.key\n  authorities: authorities.pem\n";

class ConfigConflictsTest : public testing::Test {
 protected:
  std::string ErrorWith(const std::string& more) {
    return std::string(ReadAgentConfig(folder_.Write("agent.yaml", absl::StrCat(kAlone, more))).status().message());
  }

  certs::TestDirectory folder_;
};

TEST_F(ConfigConflictsTest, NoTwoListenAtOnePlace) {
  const auto listeners = [&](const std::string& first, const std::string& second) {
    return ErrorWith(absl::StrCat("hl7:\n  - {name: a, listen: \"", first, "\"}\n  - {name: b, listen: \"", second,
                                  "\"}\n", kPage, "  staff: [a]\n"));
  };
  EXPECT_THAT(listeners("127.0.0.1:2575", "127.0.0.1:2576"), IsEmpty());
  EXPECT_THAT(listeners("127.0.0.1:0", "127.0.0.1:0"), IsEmpty());
  EXPECT_THAT(listeners("127.0.0.1:2575", "127.0.0.1:2575"), HasSubstr("agent.yaml:13: \"listen\" 127.0.0.1:2575"));
  EXPECT_THAT(listeners("127.0.0.1:2575", "127.0.0.1:8444"), HasSubstr("8444 is another listener's"));
}

TEST_F(ConfigConflictsTest, FoldersForSystemsAreOfTheirOwn) {
  const auto folders = [&](const std::string& first, const std::string& second) {
    return ErrorWith(
        absl::StrCat("folders:\n  - {name: a, folder: ", first, "}\n  - {name: b, folder: ", second, "}\n"));
  };
  EXPECT_THAT(folders("in/a", "in/ab"), IsEmpty());
  EXPECT_THAT(folders("in", "./in"), HasSubstr("folder b is another one's"));
  EXPECT_THAT(folders("in", "in/b"), HasSubstr("folder b is another one's, or in it"));
  EXPECT_THAT(folders("data", "in"), HasSubstr("folder a must have nothing to do with the agent's own data"));
  EXPECT_THAT(folders("in", "data/store"), HasSubstr("folder b must have nothing to do"));
  std::filesystem::create_directory(folder_.Path("in"));
  std::filesystem::create_symlink(folder_.Path("in"), folder_.Path("linked"));
  EXPECT_THAT(folders("in", "linked"), HasSubstr("folder b is another one's"));
}

TEST_F(ConfigConflictsTest, WhatIsToldIsWrittenIntoNothingElse) {
  const auto told = [&](const std::string& file) {
    return ErrorWith(
        absl::StrCat("folders:\n  - {name: a, folder: in}\ntelling:\n  - {name: wards, file: ", file, "}\n"));
  };
  EXPECT_THAT(told("told.jsonl"), IsEmpty());
  for (const char* const file :
       {"agent.secret", "commitment.secret", "agent.key", "data/store/told", "in/told.jsonl"}) {
    EXPECT_THAT(told(file), AllOf(HasSubstr("agent.yaml:15: "), HasSubstr("\"file\" of wards must be of its own")))
        << file;
  }
}

TEST_F(ConfigConflictsTest, NobodyIsStaffAndASystem) {
  const auto page = [&](const std::string& who) { return ErrorWith(absl::StrCat(kPage, who)); };
  EXPECT_THAT(page("  staff: [a, b]\n  systems: [c]\n"), IsEmpty());
  EXPECT_THAT(page("  staff: [a, b]\n  systems: [b]\n"), HasSubstr("certificate b cannot be a system and staff"));
  EXPECT_THAT(page("  staff: [p]\n  proxy: {certificate: p, header: X-User, origin: \"https://ward.example\"}\n"),
              HasSubstr("certificate p cannot be staff and the proxy"));
}

}  // namespace
}  // namespace envej::region
