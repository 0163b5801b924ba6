#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/tls_credentials.h"
#include "region-client/output.h"
#include "tests/region-client/support/certificates.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The program as it is built, over mTLS.
class MainTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* programs = std::getenv("ENVEJ_BINARY_DIRECTORY");
    ASSERT_NE(programs, nullptr) << "run by ctest";
    program_ = absl::StrCat(programs, "/envej-region");
    std::filesystem::create_directories(folder_);
    certificates_ = MakeCertificates(folder_);
    server_ = std::make_unique<IntakeServer>(certs::MakeServerCredentials(certificates_.server).value());
  }

  // Runs it through the shell; `out_` and `err_` are what it wrote.
  ExitCode Run(const std::string& arguments, const certs::TlsFiles& files, std::string out = "") {
    if (out.empty()) out = folder_ + "/out";
    const std::string err = folder_ + "/err";
    const std::string command =
        absl::StrCat(program_, " ", arguments, " --broker ", server_->address(), " --certificate ",
                     files.certificate_chain, " --key ", files.private_key, " --authorities ",
                     AuthoritiesWith(files.authorities), Sealing(arguments), " >", out, " 2>", err);
    const int status = std::system(command.c_str());
    out_ = out == "/dev/full" ? "" : Read(out);
    err_ = Read(err);
    return static_cast<ExitCode>(WEXITSTATUS(status));
  }

  // The authorities of the connection, and those of the inbox certificates that the server gives.
  std::string AuthoritiesWith(const std::string& authorities) const {
    const std::string path = folder_ + "/authorities.pem";
    std::ofstream(path) << Read(authorities) << Read(IntakeServer::World().authorities_file());
    return path;
  }
  static std::string Sealing(const std::string& arguments) {
    return arguments.rfind("submit", 0) == 0 ? " --secret " + IntakeServer::World().secret_file() : "";
  }

  static std::string Read(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return content.str();
  }

  const std::string folder_ = testing::TempDir() + "main_test";
  std::string program_;
  Certificates certificates_;
  std::unique_ptr<IntakeServer> server_;
  std::string out_;
  std::string err_;
};

TEST_F(MainTest, SubmitsAFileOverMutualTlsAndAsksAboutIt) {
  const std::string file = folder_ + "/notices.jsonl";
  std::ofstream(file) << LineNumber(1, absl::Now()) << LineNumber(2, absl::Now());
  EXPECT_EQ(Run("submit " + file, certificates_.region), ExitCode::kDone) << err_;
  EXPECT_EQ(err_, "accepted 2, already accepted 0, refused 0, unsent 0\n");
  EXPECT_EQ(Run("submit - <" + file, certificates_.region), ExitCode::kDone);
  EXPECT_EQ(err_, "accepted 0, already accepted 2, refused 0, unsent 0\n");
  EXPECT_EQ(Run("status --municipality 0101 " + NoticeIdNumber(2), certificates_.region), ExitCode::kDone);
  EXPECT_THAT(out_, HasSubstr(NoticeIdNumber(2)));
}

TEST_F(MainTest, AnErrorOfReadingStandardInputIsNotItsEnd) {
  for (const std::string input : {"</", "<&-"}) {
    EXPECT_EQ(Run("submit - " + input, certificates_.region), ExitCode::kUnusable) << input;
    EXPECT_EQ(err_, "standard input: cannot be read to its end\n") << input;
  }
}

TEST_F(MainTest, SealsToNoInboxCertificateThatTheListsSayIsRevoked) {
  const std::string file = folder_ + "/notices.jsonl";
  std::ofstream(file) << LineNumber(1, absl::Now());
  const std::string list = folder_ + "/list.pem";
  const support::SealingWorld& world = IntakeServer::World();
  const auto submit = [&] { return Run("submit " + file + " --revocation-lists " + list, certificates_.region); };
  const auto publish = [&](const std::vector<certs::RevokedCertificate>& revoked, absl::Duration until) {
    std::ofstream(list) << world.authority()
                               .authority()
                               .MakeRevocationList({.number = 1,
                                                    .this_update = absl::Now() - absl::Hours(2),
                                                    .next_update = absl::Now() + until,
                                                    .revoked = revoked})
                               .value();
  };
  std::filesystem::remove(list);
  EXPECT_EQ(submit(), ExitCode::kUnusable);
  EXPECT_THAT(err_, HasSubstr(list));
  publish({}, -absl::Hours(1));
  EXPECT_EQ(submit(), ExitCode::kUnusable);
  EXPECT_EQ(err_,
            list + " holds only revocation lists that have expired: put the current list of each authority there\n");
  publish({certs::Revoked(world.inbox(), certs::RevocationReason::kKeyCompromise)}, absl::Hours(1));
  EXPECT_EQ(submit(), ExitCode::kRefused);
  EXPECT_THAT(err_, HasSubstr("the inbox certificate is revoked (keyCompromise)"));
  EXPECT_TRUE(server_->requests().empty());
  publish({}, absl::Hours(1));
  EXPECT_EQ(submit(), ExitCode::kDone) << err_;
}

TEST_F(MainTest, SaysThatItsOutputCannotBeWritten) {
  EXPECT_EQ(Run("municipalities", certificates_.region, "/dev/full"), ExitCode::kUnusable);
  EXPECT_THAT(err_, StartsWith("standard output: cannot be written; run the same again\n"));
}

TEST_F(MainTest, SaysOnceThatTheReceiptsReaderIsGone) {
  const std::string file = folder_ + "/notices.jsonl";
  std::ofstream(file) << LineNumber(1, absl::Now());
  std::signal(SIGPIPE, SIG_DFL);  // as in a shell, whatever started this test
  for (const std::string form : {"text", "json"}) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(pipe(ends.data()), 0);
    close(ends[0]);  // nobody will read
    const int before = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    const ExitCode code = Run("submit " + file + " --output " + form, certificates_.region, "&1");
    dup2(before, STDOUT_FILENO);
    close(before);
    close(ends[1]);
    EXPECT_EQ(code, ExitCode::kUnusable) << err_;
    const size_t told = err_.find("standard output: cannot be written");
    EXPECT_NE(told, std::string::npos) << err_;
    EXPECT_EQ(err_.find("standard output", told + 1), std::string::npos) << err_;
  }
}

TEST_F(MainTest, NamesAMalformedCertificateInOneLine) {
  certs::TlsFiles files = certificates_.region;
  files.certificate_chain = folder_ + "/malformed.crt";
  std::ofstream(files.certificate_chain) << "not a certificate\n";
  EXPECT_EQ(Run("municipalities", files), ExitCode::kUnusable);
  EXPECT_THAT(err_, HasSubstr("malformed.crt"));
  EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 1) << err_;
}

TEST_F(MainTest, SaysAtOnceThatACertificateMayBeWrongAndTriesAgain) {
  const std::string file = folder_ + "/notices.jsonl";
  std::ofstream(file) << LineNumber(1, absl::Now());
  const std::string elsewhere = folder_ + "/elsewhere";
  std::filesystem::create_directories(elsewhere);
  const certs::TlsFiles stranger = MakeCertificates(elsewhere).region;
  certs::TlsFiles distrusted = stranger;
  distrusted.authorities = certificates_.region.authorities;
  for (const certs::TlsFiles& files : {stranger, distrusted}) {
    EXPECT_EQ(Run("submit " + file + " --deadline 1s", files), ExitCode::kUnreachable);
    EXPECT_THAT(err_, StartsWith("no TLS connection to the broker at " + server_->address() +
                                 " comes about (UNAVAILABLE): check that --authorities and --certificate"));
    EXPECT_THAT(err_, HasSubstr("trying again until"));
    EXPECT_THAT(err_, HasSubstr("unsent 1\n"));
  }
}

TEST_F(MainTest, SaysWhatToDoWhenTheBrokerIsUnderAnotherAuthority) {
  const std::string elsewhere = folder_ + "/elsewhere";
  std::filesystem::create_directories(elsewhere);
  EXPECT_EQ(Run("municipalities", MakeCertificates(elsewhere).region), ExitCode::kUnreachable);
  EXPECT_THAT(err_, HasSubstr("--authorities and --certificate are those of its authority"));
  EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 2) << "what to do, and the trace: " << err_;
}

}  // namespace
}  // namespace envej::region
