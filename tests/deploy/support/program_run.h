#ifndef ENVEJ_TESTS_DEPLOY_SUPPORT_PROGRAM_RUN_H_
#define ENVEJ_TESTS_DEPLOY_SUPPORT_PROGRAM_RUN_H_

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace envej::deploy {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// A file of the source tree's deploy folder.
inline std::string DeployPath(const std::string& name) {
  return absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/deploy/", name);
}

// An empty folder for this test.
inline std::filesystem::path TestFolder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / test->name();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

struct ProgramRun {
  int exit_code = -1;  // -1 if it was ended by a signal
  std::string output;
  std::string error;
};

// Runs a program, found as the shell finds it; what it writes is kept beside `folder`. No argument holds a quote.
inline ProgramRun RunProgram(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  const std::string output = absl::StrCat(folder.string(), ".stdout");
  const std::string error = absl::StrCat(folder.string(), ".stderr");
  const std::string command = absl::StrCat("'", absl::StrJoin(arguments, "' '"), "' >'", output, "' 2>'", error, "'");
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(output), ReadFile(error)};
}

}  // namespace envej::deploy

#endif  // ENVEJ_TESTS_DEPLOY_SUPPORT_PROGRAM_RUN_H_
