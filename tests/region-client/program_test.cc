#include "region-client/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "proto/contract/day.h"
#include "proto/contract/json_line.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_rules.h"
#include "region-client/json_fields.h"
#include "region-client/notice_file.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVariables[] = {"ENVEJ_BROKER", "ENVEJ_CERTIFICATE", "ENVEJ_KEY", "ENVEJ_AUTHORITIES"};
constexpr char kRegionVariable[] = "ENVEJ_REGION";

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
      {"submit", "-", "--deadline", "1s"},
      {"revise", "-", "--deadline", "1s"},
      {"withdraw", "-", "--municipality", "0101", "--reason", "deceased", "--deadline", "1s"},
      {"outcome", "acknowledge", "-", "--municipality", "0101", "--deadline", "1s"},
      {"status", "--municipality", "0101"},
      {"municipalities"}};
  for (const std::vector<std::string>& command : commands) {
    const ProgramRun run = RunWith("127.0.0.1:1", command);
    EXPECT_EQ(run.connection.broker, "127.0.0.1:1") << command[0];
    EXPECT_EQ(run.connection.files.certificate_chain, "c") << command[0];
    EXPECT_EQ(run.connection.files.private_key, "k") << command[0];
    EXPECT_EQ(run.connection.files.authorities, "a") << command[0];
  }
}

TEST_F(ProgramTest, TheRegionMayBeNamedByAnOptionOrTheEnvironment) {
  const std::vector<std::string> submit = {"submit", "-", "--deadline", "1s"};
  std::vector<std::string> with_option = submit;
  with_option.insert(with_option.end(), {"--region", "1082"});
  EXPECT_EQ(RunWith("127.0.0.1:1", submit).sealing.region_code, "");
  EXPECT_EQ(RunWith("127.0.0.1:1", with_option).sealing.region_code, "1082");
  setenv(kRegionVariable, "1081", /*overwrite=*/1);
  EXPECT_EQ(RunWith("127.0.0.1:1", submit).sealing.region_code, "1081");
  EXPECT_EQ(RunWith("127.0.0.1:1", with_option).sealing.region_code, "1082");
  unsetenv(kRegionVariable);
}

TEST_F(ProgramTest, RevocationListsComeFromTheOptionOrTheEnvironment) {
  const std::vector<std::string> submit = {"submit", "-", "--deadline", "1s"};
  std::vector<std::string> with_option = submit;
  with_option.insert(with_option.end(), {"--revocation-lists", "lists"});
  EXPECT_EQ(RunWith("127.0.0.1:1", submit).sealing.revocation_lists, "");
  EXPECT_EQ(RunWith("127.0.0.1:1", with_option).sealing.revocation_lists, "lists");
  setenv("ENVEJ_REVOCATION_LISTS", "others", /*overwrite=*/1);
  EXPECT_EQ(RunWith("127.0.0.1:1", submit).sealing.revocation_lists, "others");
  EXPECT_EQ(RunWith("127.0.0.1:1", with_option).sealing.revocation_lists, "lists");
  unsetenv("ENVEJ_REVOCATION_LISTS");
}

TEST_F(ProgramTest, ARegionsCodeHasFourDigits) {
  for (const char* const bad : {"108", "10811", "108x", "", "+081", "urn:envej:region:1081"}) {
    const ProgramRun run = RunWith("127.0.0.1:1", {"submit", "-", "--region", bad});
    EXPECT_EQ(run.exit_code, ExitCode::kUnusable) << bad;
    EXPECT_THAT(run.err, HasSubstr("--region: a region's code has four digits, such as 1081")) << bad;
  }
}

TEST_F(ProgramTest, AWatchIsOfAnotherRegionsNoticesOnlyToSendThemAgain) {
  const ProgramRun run = RunWith("127.0.0.1:1", {"watch", "--for", "1s", "--notices-of", "1081"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("--notices-of requires --receipts"));
  EXPECT_EQ(RunWith("127.0.0.1:1",
                    {"watch", "--resume", "/dev/null", "--notices-of", "1081", "--receipts", "r", "--receipts", "s"})
                .sealing.notices_of,
            "1081");
}

TEST_F(ProgramTest, AWordThatItDoesNotKnowIsNamed) {
  const ProgramRun run = RunWith("127.0.0.1:1", {"bogus"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(
      run.err,
      HasSubstr(
          "envej-region does not know 'bogus'; its commands are submit, revise, withdraw, resend, outcome, status, "
          "watch, municipalities, receipts, agent, agent-status, outbox, agent-receipts, find, consent\n"));
}

TEST_F(ProgramTest, EachCommandsHelpHasItsOwnExitCodes) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> commands = {
      {{"withdraw"}, "  0  every notice is withdrawn"},
      {{"resend"}, "  0  the broker lacks nothing"},
      {{"outcome", "acknowledge"}, "  0  every outcome is noted"},
      {{"status"}, "  1  the broker has no such notice"},
      {{"watch"}, "  0  the time of --for is over"},
      {{"municipalities"}, "  1  there is no such municipality"},
      {{"receipts", "prove"}, "  4  some receipts have no proof yet"},
      {{"receipts", "verify"}, "  1  at least one receipt is not proven"},
      {{"agent"}, "  0  it was told to stop"},
      {{"agent-status"}, "  3  no agent answers"},
      {{"outbox"}, "  3  no agent answers"},
      {{"agent-receipts"}, "  3  no agent answers"},
      {{"find"}, "  1  the agent knows of no such patient"},
      {{"consent", "add"}, "  0  it is registered"},
      {{"consent", "withdraw"}, "  1  no consent of the patient is registered"},
      {{"consent", "list"}, "  3  no agent answers"},
      {{"consent", "import"}, "  1  at least one line was refused"},
  };
  for (auto [command, codes] : commands) {
    SCOPED_TRACE(absl::StrJoin(command, " "));
    command.push_back("--help");
    EXPECT_THAT(RunWith("127.0.0.1:1", command).out,
                AllOf(HasSubstr(codes), Not(HasSubstr("every notice is accepted"))));
  }
  EXPECT_THAT(RunWith("127.0.0.1:1", {"submit", "--help"}).out, HasSubstr("  0  every notice is accepted"));
}

// What a person copies from the help: the contract's own JSON names, and a notice that was good on its day.
TEST_F(ProgramTest, TheHelpsNoticeIsProto3JsonOfAGoodOne) {
  const std::string help = RunWith("127.0.0.1:1", {"submit", "--help"}).out;
  const size_t first = help.find("  {\"envelope\"");
  const size_t last = help.find("]}}\n", first);
  ASSERT_NE(last, std::string::npos) << help;
  const std::string text = help.substr(first, last + 3 - first);
  v1::Notice notice;
  ASSERT_TRUE(ReadJson(text, notice).empty());
  EXPECT_EQ(nlohmann::json::parse(contract::ToJsonLine(notice)), nlohmann::json::parse(text));
  Normalise(notice);
  const absl::TimeZone copenhagen = contract::CopenhagenTimeZone().value();
  const absl::Time day = absl::FromCivil(absl::CivilSecond(2026, 11, 22, 12, 0, 0), copenhagen);
  EXPECT_FALSE(
      contract::CheckNotice(contract::FromMessage(notice), contract::Moment::At(day, copenhagen)).ForNew().has_value());
  EXPECT_THAT(help, HasSubstr("/proc/sys/kernel/random/uuid"));
}

}  // namespace
}  // namespace envej::region
