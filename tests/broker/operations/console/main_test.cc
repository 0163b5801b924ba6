#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "broker/operations/console/output.h"
#include "tests/broker/operations/console/support/program_run.h"
#include "tests/certs/test_files.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The program as it is built, through a shell.
class MainTest : public testing::Test {
 protected:
  ExitCode Run(const std::string& arguments, std::string out = "") {
    const char* const programs = std::getenv("ENVEJ_BINARY_DIRECTORY");
    if (out.empty()) out = folder_.Path("out");
    const std::string command = absl::StrCat(programs == nullptr ? "." : programs, "/envej-ops ", arguments, " >", out,
                                             " 2>", folder_.Path("err"), " </dev/null");
    const int status = std::system(command.c_str());
    out_ = out == "/dev/full" ? "" : certs::ReadFile(out);
    err_ = certs::ReadFile(folder_.Path("err"));
    return static_cast<ExitCode>(WEXITSTATUS(status));
  }
  ExitCode RunConnected(const std::string& arguments, const std::string& out = "") {
    return Run(absl::StrCat(arguments, " ", absl::StrJoin(server_.Arguments(), " ")), out);
  }

  certs::TestDirectory folder_;
  OperationsServer server_;
  std::string out_;
  std::string err_;
};

TEST_F(MainTest, HelpStatesTheExitCodesOfEveryCommand) {
  EXPECT_EQ(Run("--help"), ExitCode::kDone);
  EXPECT_THAT(out_, AllOf(HasSubstr("inboxes"), HasSubstr("overdue"), HasSubstr("notices"), HasSubstr("trace"),
                          HasSubstr("redrive"), HasSubstr("return"), HasSubstr("participants"), HasSubstr("suspend"),
                          HasSubstr("resume"), HasSubstr("status"), HasSubstr("watch"), HasSubstr("top")));
  EXPECT_EQ(Run("overdue --help"), ExitCode::kDone);
  EXPECT_THAT(out_, AllOf(HasSubstr("Exit codes:\n  0  done"), HasSubstr("  3  the broker could not be reached"),
                          HasSubstr("--authorities")));
  EXPECT_EQ(Run("--version"), ExitCode::kDone);
  EXPECT_THAT(out_, testing::StartsWith("envej-ops "));
}

TEST_F(MainTest, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(Run("inbox"), ExitCode::kUnusable);
  EXPECT_THAT(err_, AllOf(HasSubstr("envej-ops does not know 'inbox'"), HasSubstr("inboxes, overdue")));
  EXPECT_EQ(Run("inboxes"), ExitCode::kUnusable) << "without a broker";
  EXPECT_EQ(Run(""), ExitCode::kUnusable);
}

TEST_F(MainTest, AsksOverMutualTls) {
  server_.inboxes.add_inboxes()->set_name("Ærø");
  EXPECT_EQ(RunConnected("inboxes"), ExitCode::kDone) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr("Ærø"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(RunConnected("overdue"), ExitCode::kDone);
  EXPECT_EQ(RunConnected("status"), ExitCode::kAttention) << "this broker says nothing of being able to write";
}

TEST_F(MainTest, TopNeedsATerminal) {
  EXPECT_EQ(RunConnected("top"), ExitCode::kUnusable);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, AllOf(HasSubstr("envej-ops top needs a terminal"), HasSubstr("`envej-ops inboxes`")));
}

TEST_F(MainTest, SaysThatItsOutputCannotBeWritten) {
  EXPECT_EQ(RunConnected("inboxes", "/dev/full"), ExitCode::kUnusable);
  EXPECT_EQ(err_, "standard output: cannot be written; run the same again\n");
}

TEST_F(MainTest, NamesACertificateThatIsNoneInOneLine) {
  certs::ConnectionOptions connection = server_.connection();
  const std::string malformed = folder_.Write("malformed.pem", "not a certificate\n");
  EXPECT_EQ(Run(absl::StrCat("inboxes --broker ", connection.broker, " --certificate ", malformed, " --key ",
                             connection.files.private_key, " --authorities ", connection.files.authorities)),
            ExitCode::kUnusable);
  EXPECT_THAT(err_, HasSubstr("malformed.pem"));
}

TEST_F(MainTest, SaysWhatToDoWhenTheBrokerIsUnderAnotherAuthority) {
  const certs::TestAuthority elsewhere("another authority");
  const certs::TlsFiles files =
      elsewhere.IssueFiles(folder_, "stranger", certs::ClientRequest("urn:envej:operations:night-watch"));
  EXPECT_EQ(
      Run(absl::StrCat("inboxes --deadline 1s --broker ", server_.connection().broker, " --certificate ",
                       files.certificate_chain, " --key ", files.private_key, " --authorities ", files.authorities)),
      ExitCode::kUnreachable);
  EXPECT_THAT(err_, AllOf(HasSubstr("no TLS connection to the broker"),
                          HasSubstr("check that --authorities and --certificate are those of its authority")));
}

}  // namespace
}  // namespace envej::console
