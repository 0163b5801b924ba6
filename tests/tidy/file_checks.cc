#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tidy/checks.h"
#include "tests/tidy/house_rules.h"

namespace envej::tidy {
namespace {

// Whether any CMakeLists.txt at or above the file's folder, below tests/, names it.
bool IsNamedInCMake(const SourceTree& tree, const SourceFile& test) {
  const bool any = std::any_of(tree.files.begin(), tree.files.end(), [&](const SourceFile& list) {
    if (!IsCMake(list) || !absl::StartsWith(list.path, "tests/")) return false;
    absl::string_view name = test.path;
    if (!absl::ConsumePrefix(&name, absl::StripSuffix(list.path, "CMakeLists.txt"))) return false;
    return std::any_of(list.code.begin(), list.code.end(), [&](absl::string_view line) {
      const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t()\""));
      return std::find(words.begin(), words.end(), name) != words.end();
    });
  });
  return any;
}

bool MirrorsAFolder(const SourceTree& tree, absl::string_view test) {
  if (MatchesAny(TestFoldersOfTheirOwn(), test)) return true;
  absl::ConsumePrefix(&test, "tests/");
  const size_t slash = test.rfind('/');
  if (slash == absl::string_view::npos) return false;
  return std::binary_search(tree.folders.begin(), tree.folders.end(), std::string(test.substr(0, slash)));
}

}  // namespace

std::vector<std::string> CheckTexts(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const SourceFile& file : tree.files) {
    if (!IsCpp(file)) continue;
    for (const ForbiddenText& forbidden : ForbiddenTexts()) {
      if (!MatchesAny(forbidden.files, file.path) || MatchesAny(forbidden.except, file.path)) continue;
      for (size_t i = 0; i < file.code.size(); ++i) {
        if (!absl::StrContains(file.code[i], forbidden.text)) continue;
        violations.push_back(
            absl::StrCat(file.path, ":", i + 1, ": ", forbidden.text, " is not used; instead, ", forbidden.instead));
      }
    }
  }
  return violations;
}

std::vector<std::string> CheckTests(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const SourceFile& file : tree.files) {
    if (!absl::EndsWith(file.path, "_test.cc")) continue;
    if (!absl::StartsWith(file.path, "tests/")) {
      violations.push_back(absl::StrCat(file.path, ": tests live below tests/"));
      continue;
    }
    if (!IsNamedInCMake(tree, file)) {
      violations.push_back(absl::StrCat(file.path, ": no CMakeLists.txt names it, so it never runs"));
    }
    if (!MirrorsAFolder(tree, file.path)) {
      violations.push_back(absl::StrCat(file.path, ": mirrors no folder of the tree"));
    }
  }
  return violations;
}

std::vector<std::string> CheckSizes(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const SourceFile& file : tree.files) {
    if (!IsCpp(file) || file.lines.size() <= kMaximumLines) continue;
    violations.push_back(
        absl::StrCat(file.path, ": ", file.lines.size(), " lines, more than ", kMaximumLines, "; it is two ideas"));
  }
  return violations;
}

std::vector<std::string> CheckGuards(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const SourceFile& file : tree.files) {
    if (!absl::EndsWith(file.path, ".h")) continue;
    const std::string guard = absl::StrCat(
        "ENVEJ_", absl::AsciiStrToUpper(absl::StrReplaceAll(file.path, {{"/", "_"}, {"-", "_"}, {".", "_"}})), "_");
    const auto first = std::find_if(file.code.begin(), file.code.end(),
                                    [](const auto& line) { return !absl::StripAsciiWhitespace(line).empty(); });
    const bool opens = file.code.end() - first >= 2 && *first == absl::StrCat("#ifndef ", guard) &&
                       *(first + 1) == absl::StrCat("#define ", guard);
    const bool closes = !file.lines.empty() && file.lines.back() == absl::StrCat("#endif  // ", guard);
    if (!opens || !closes) violations.push_back(absl::StrCat(file.path, ": the guard must be ", guard));
  }
  return violations;
}

std::vector<std::string> CheckEverything(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const auto check : {CheckIncludes, CheckLinks, CheckTexts, CheckTests, CheckSizes, CheckGuards}) {
    for (std::string& violation : check(tree)) violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace envej::tidy
