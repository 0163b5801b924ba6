#ifndef ENVEJ_TESTS_CERTS_OPTIONS_WRITTEN_FILE_H_
#define ENVEJ_TESTS_CERTS_OPTIONS_WRITTEN_FILE_H_

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace envej {

// Writes the text to a file of this test's own and returns its path.
inline std::string WrittenFile(absl::string_view text) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string path = absl::StrCat(testing::TempDir(), test->test_suite_name(), "-", test->name(), ".yaml");
  std::ofstream output(path, std::ios::binary | std::ios::trunc);
  output << std::string(text);
  output.close();
  EXPECT_TRUE(output.good()) << path;
  return path;
}

// The lines of the status' text, from each of which the file's name and the colon after it were taken away. A line
// that does not begin with it stays whole, so that the test fails.
inline std::vector<std::string> ErrorLines(const absl::Status& status, absl::string_view path) {
  const std::string prefix = absl::StrCat(path, ":");
  std::vector<std::string> lines;
  if (status.ok()) return lines;
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    const bool named = line.substr(0, prefix.size()) == prefix;
    lines.emplace_back(named ? line.substr(prefix.size()) : line);
  }
  return lines;
}

// `text` with the one occurrence of `old_part` replaced.
inline std::string Edited(absl::string_view text, absl::string_view old_part, absl::string_view new_part) {
  const size_t place = text.find(old_part);
  EXPECT_NE(place, absl::string_view::npos) << old_part;
  if (place == absl::string_view::npos) return std::string(text);
  EXPECT_EQ(text.find(old_part, place + 1), absl::string_view::npos) << "more than one: " << old_part;
  return absl::StrCat(text.substr(0, place), new_part, text.substr(place + old_part.size()));
}

}  // namespace envej

#endif  // ENVEJ_TESTS_CERTS_OPTIONS_WRITTEN_FILE_H_
