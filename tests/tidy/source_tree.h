#ifndef ENVEJ_TESTS_TIDY_SOURCE_TREE_H_
#define ENVEJ_TESTS_TIDY_SOURCE_TREE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::tidy {

struct SourceFile {
  std::string path;                // from the tree's root
  std::vector<std::string> lines;  // as written
  std::vector<std::string> code;   // the same without comments: "//" in C++, "#" in CMake
};

// The C++ files and CMakeLists.txt files of a tree, in order of path; hidden folders, build/, tmp/ and node_modules are
// left out.
struct SourceTree {
  std::vector<SourceFile> files;
  std::vector<std::string> folders;
};
SourceTree ReadSourceTree(const std::filesystem::path& root);

// Whether a path matches a pattern as house_rules.h defines it.
bool Matches(absl::string_view pattern, absl::string_view path);
bool MatchesAny(const std::vector<std::string>& patterns, absl::string_view path);

bool IsCpp(const SourceFile& file);
bool IsCMake(const SourceFile& file);

}  // namespace envej::tidy

#endif  // ENVEJ_TESTS_TIDY_SOURCE_TREE_H_
