#ifndef ENVEJ_TESTS_CERTS_PROGRAM_FIXTURE_H_
#define ENVEJ_TESTS_CERTS_PROGRAM_FIXTURE_H_

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/tls_files.h"
#include "tests/certs/test_files.h"

namespace envej::certs {

inline constexpr mode_t kOwnerOnly = 0600;

// How one run of envej-certs ended.
struct Result {
  int exit_code = -1;
  std::string output;
  std::string error;
};

// envej-certs as its users run it, in a directory of the test's own.
class ProgramTest : public ::testing::Test {
 protected:
  Result Run(const std::string& arguments) const {
    const std::string output = directory_.Path("stdout");
    const std::string error = directory_.Path("stderr");
    // A wide umask, so that the modes found are those that the program chose.
    const int status = std::system(
        absl::StrCat("umask 0; '", ENVEJ_CERTS_PROGRAM, "' ", arguments, " >'", output, "' 2>'", error, "'").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(output), ReadFile(error)};
  }

  void ExpectDone(const std::string& arguments) const {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << arguments << ": " << result.error;
    EXPECT_EQ(result.error, "");
  }

  // Refused: exit code 1 and one line that says why.
  std::string Refusal(const std::string& arguments) const {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << arguments;
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(std::count(result.error.begin(), result.error.end(), '\n'), 1) << result.error;
    return result.error;
  }

  std::string Init() const {
    ExpectDone("init --authority " + directory_.Path("authority"));
    return directory_.Path("authority");
  }

  std::string IssueArguments(const std::string& uri, const std::string& more = "") const {
    return absl::StrCat("issue --authority ", directory_.Path("authority"), " --uri ", uri, " --out ",
                        directory_.Path("leaf"), " ", more);
  }

  TlsFiles LeafFiles() const {
    return {directory_.Path("leaf.pem"), directory_.Path("leaf.key"), directory_.Path("authority/authority.pem")};
  }

  nlohmann::json Show(const std::string& path) const {
    const Result result = Run("show --output json " + path);
    EXPECT_EQ(result.exit_code, 0) << result.error;
    return nlohmann::json::parse(result.output);
  }

  bool OpensslVerifies(const std::string& purpose) const {
    return std::system(absl::StrCat("openssl verify -x509_strict -purpose ", purpose, " -CAfile ",
                                    directory_.Path("authority/authority.pem"), " ", directory_.Path("leaf.pem"),
                                    " >/dev/null 2>&1")
                           .c_str()) == 0;
  }

  // Everything in the test's directory but what Run itself wrote.
  size_t CountFiles() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.Path(""))) {
      const std::string name = entry.path().filename();
      if (name != "stdout" && name != "stderr") ++count;
    }
    return count;
  }

  TestDirectory directory_;
};

}  // namespace envej::certs

#endif  // ENVEJ_TESTS_CERTS_PROGRAM_FIXTURE_H_
