#include "tests/tidy/source_tree.h"

#include <fnmatch.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace envej::tidy {
namespace {

bool IsLeftOut(const std::filesystem::path& folder, const std::filesystem::path& root) {
  const std::string name = folder.filename().string();
  const bool at_root = folder.parent_path() == root;
  return name.front() == '.' || name == "node_modules" || (at_root && (name == "build" || name == "tmp"));
}

SourceFile ReadSourceFile(const std::filesystem::path& file, const std::string& path) {
  SourceFile result;
  result.path = path;
  const absl::string_view comment = IsCMake(result) ? "#" : "//";
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) {
    result.code.push_back(line.substr(0, line.find(comment.data(), 0, comment.size())));
    result.lines.push_back(line);
  }
  return result;
}

}  // namespace

SourceTree ReadSourceTree(const std::filesystem::path& root) {
  SourceTree tree;
  auto entry = std::filesystem::recursive_directory_iterator(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const std::string path = entry->path().lexically_relative(root).generic_string();
    if (entry->is_directory()) {
      if (IsLeftOut(entry->path(), root)) {
        entry.disable_recursion_pending();
      } else {
        tree.folders.push_back(path);
      }
      continue;
    }
    if (absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc") || entry->path().filename() == "CMakeLists.txt") {
      tree.files.push_back(ReadSourceFile(entry->path(), path));
    }
  }
  std::sort(tree.files.begin(), tree.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  std::sort(tree.folders.begin(), tree.folders.end());
  return tree;
}

bool Matches(absl::string_view pattern, absl::string_view path) {
  if (pattern == "/") return true;
  if (absl::EndsWith(pattern, "/")) return absl::StartsWith(path, pattern);
  return fnmatch(std::string(pattern).c_str(), std::string(path).c_str(), FNM_PATHNAME) == 0;
}

bool MatchesAny(const std::vector<std::string>& patterns, absl::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return Matches(pattern, path); });
}

bool IsCpp(const SourceFile& file) { return absl::EndsWith(file.path, ".h") || absl::EndsWith(file.path, ".cc"); }

bool IsCMake(const SourceFile& file) {
  return file.path == "CMakeLists.txt" || absl::EndsWith(file.path, "/CMakeLists.txt");
}

}  // namespace envej::tidy
