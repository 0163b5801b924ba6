#include "region-client/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::HasSubstr;

constexpr const char* kVariables[] = {"ENVEJ_BROKER", "ENVEJ_CERTIFICATE", "ENVEJ_KEY", "ENVEJ_AUTHORITIES"};

class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* const variable : kVariables) setenv(variable, "from-the-environment", /*overwrite=*/1);
  }
  void TearDown() override {
    for (const char* const variable : kVariables) unsetenv(variable);
  }
};

TEST_F(ProgramTest, AnOptionWinsOverTheEnvironmentForEveryCommand) {
  const std::vector<std::vector<std::string>> commands = {
      {"submit", "-", "--deadline", "1s"}, {"status", "--municipality", "0101"}, {"municipalities"}};
  for (const std::vector<std::string>& command : commands) {
    const ProgramRun run = RunWith("127.0.0.1:1", command);
    EXPECT_EQ(run.connection.broker, "127.0.0.1:1") << command[0];
    EXPECT_EQ(run.connection.files.certificate_chain, "c") << command[0];
    EXPECT_EQ(run.connection.files.private_key, "k") << command[0];
    EXPECT_EQ(run.connection.files.authorities, "a") << command[0];
  }
}

TEST_F(ProgramTest, AWordThatItDoesNotKnowIsNamed) {
  const ProgramRun run = RunWith("127.0.0.1:1", {"bogus"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err,
              HasSubstr("envej-region does not know 'bogus'; its commands are submit, status, municipalities\n"));
}

}  // namespace
}  // namespace envej::region
