#ifndef ENVEJ_TESTS_TIDY_HOUSE_RULES_H_
#define ENVEJ_TESTS_TIDY_HOUSE_RULES_H_

#include <string>
#include <vector>

// The house rules as tables; the tables themselves are in house_rules.cc. A pattern that ends in "/" means everything
// below that folder, "/" alone everything; any other is a shell pattern whose "*" stops at a slash. All paths are from
// the repository root.
namespace envej::tidy {

// What the files of one room may include. The first row whose `files` match a path is its room. Headers of the standard
// library, of the operating system and of Abseil are free; every other header must match `may_include`, and none of
// `never` even so.
struct Room {
  std::string files;
  std::vector<std::string> may_include;
  std::vector<std::string> never = {};
};
const std::vector<Room>& Rooms();

// A library from outside: the CMake target's beginning and the headers it stands for. No header: free for all.
struct Library {
  std::string target;
  std::string headers;
};
const std::vector<Library>& Libraries();

// A text that may not stand in the code (comments are free) of `files`, but for `except`.
struct ForbiddenText {
  std::string text;
  std::vector<std::string> files;
  std::vector<std::string> except;
  std::string instead;
};
const std::vector<ForbiddenText>& ForbiddenTexts();

// CMakeLists.txt files that may make targets by hand; all others use envej_library and envej_program.
const std::vector<std::string>& HandMadeTargets();

// Folders below tests/ that mirror no folder of the tree.
const std::vector<std::string>& TestFoldersOfTheirOwn();

// The most lines that a C++ file may have.
inline constexpr int kMaximumLines = 400;

}  // namespace envej::tidy

#endif  // ENVEJ_TESTS_TIDY_HOUSE_RULES_H_
