#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/checks.h"
#include "tests/tidy/house_rules.h"

namespace envej::tidy {
namespace {

const Room* FindRoom(absl::string_view path) {
  const auto& rooms = Rooms();
  const auto room = std::find_if(rooms.begin(), rooms.end(), [&](const auto& r) { return Matches(r.files, path); });
  return room == rooms.end() ? nullptr : &*room;
}

bool MayInclude(const Room& room, absl::string_view header) {
  return MatchesAny(room.may_include, header) && !MatchesAny(room.never, header);
}

bool IsFree(absl::string_view header, bool is_quoted) {
  if (absl::StartsWith(header, "absl/")) return true;
  if (is_quoted) return false;
  const auto& libraries = Libraries();
  return std::none_of(libraries.begin(), libraries.end(), [&](const auto& library) {
    return !library.headers.empty() && Matches(library.headers, header);
  });
}

// What one envej_library(...) or envej_program(...) says.
struct Target {
  std::string name;
  std::string place;
  std::vector<std::string> sources;  // from the root
  std::vector<std::string> links;
};

Target ReadTarget(const SourceFile& file, absl::string_view call) {
  Target target;
  target.place = file.path;
  const std::string folder = file.path.substr(0, file.path.size() - absl::string_view("CMakeLists.txt").size());
  enum { kName, kSources, kLinks } part = kName;
  for (absl::string_view word : absl::StrSplit(call, absl::ByAnyChar(" \t\n()"), absl::SkipEmpty())) {
    if (word == "SOURCES") {
      part = kSources;
    } else if (word == "LINKS") {
      part = kLinks;
    } else if (part == kName) {
      target.name = std::string(word);
    } else {
      (part == kSources ? target.sources : target.links)
          .push_back(part == kSources ? absl::StrCat(folder, word) : std::string(word));
    }
  }
  return target;
}

std::vector<Target> ReadTargets(const SourceFile& file) {
  std::vector<Target> targets;
  std::string text;
  for (const std::string& line : file.code) absl::StrAppend(&text, line, "\n");
  for (absl::string_view call : {"envej_library(", "envej_program("}) {
    for (size_t at = text.find(call.data()); at != std::string::npos; at = text.find(call.data(), at + 1)) {
      const size_t start = at + call.size();
      const size_t end = text.find(')', start);
      if (end == std::string::npos) break;
      targets.push_back(ReadTarget(file, absl::string_view(text).substr(start, end - start)));
    }
  }
  return targets;
}

// The headers that a linked target stands for; false if nobody knows it.
bool HeadersOf(const std::string& link, const std::map<std::string, Target>& targets,
               std::vector<std::string>& headers) {
  if (const auto own = targets.find(link); own != targets.end()) {
    for (const std::string& source : own->second.sources) {
      headers.push_back(absl::StrCat(source.substr(0, source.rfind('.')), ".h"));
    }
    return true;
  }
  bool known = false;
  for (const Library& library : Libraries()) {
    if (!absl::StartsWith(link, library.target)) continue;
    known = true;
    // One word of what lies below stands for the whole folder.
    if (!library.headers.empty()) {
      headers.push_back(absl::EndsWith(library.headers, "/") ? absl::StrCat(library.headers, "x.h") : library.headers);
    }
  }
  return known;
}

bool MayLink(const Target& target, const std::string& header) {
  return std::any_of(target.sources.begin(), target.sources.end(), [&](const std::string& source) {
    const Room* room = FindRoom(source);
    return room != nullptr && MayInclude(*room, header);
  });
}

}  // namespace

std::vector<std::string> CheckIncludes(const SourceTree& tree) {
  std::vector<std::string> violations;
  for (const SourceFile& file : tree.files) {
    if (!IsCpp(file)) continue;
    const Room* room = FindRoom(file.path);
    if (room == nullptr) {
      violations.push_back(absl::StrCat(file.path, ": no room; give it a row in tests/tidy/house_rules.cc"));
      continue;
    }
    for (size_t i = 0; i < file.lines.size(); ++i) {
      absl::string_view line = absl::StripAsciiWhitespace(file.lines[i]);
      if (!absl::StartsWith(line, "#include")) continue;
      const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::ByAnyChar("\"<>"));
      if (parts.size() < 3) continue;
      if (IsFree(parts[1], absl::StrContains(line, '"')) || MayInclude(*room, parts[1])) continue;
      violations.push_back(
          absl::StrCat(file.path, ":", i + 1, ": ", parts[1], " may not be included here (room ", room->files, ")"));
    }
  }
  return violations;
}

std::vector<std::string> CheckLinks(const SourceTree& tree) {
  std::vector<std::string> violations;
  std::map<std::string, Target> targets;
  for (const SourceFile& file : tree.files) {
    if (!IsCMake(file)) continue;
    for (Target& target : ReadTargets(file)) targets[target.name] = std::move(target);
    if (MatchesAny(HandMadeTargets(), file.path)) continue;
    for (size_t i = 0; i < file.code.size(); ++i) {
      for (const char* command : {"add_library(", "add_executable(", "target_link_libraries(", "link_libraries("}) {
        if (!absl::StartsWith(absl::StripAsciiWhitespace(file.code[i]), command)) continue;
        violations.push_back(
            absl::StrCat(file.path, ":", i + 1, ": ", command, "...): use envej_library or envej_program"));
      }
    }
  }
  for (const auto& [name, target] : targets) {
    // The definition of the function itself.
    if (name.empty() || absl::StartsWith(name, "$")) continue;
    for (const std::string& link : target.links) {
      std::vector<std::string> headers;
      if (!HeadersOf(link, targets, headers)) {
        violations.push_back(absl::StrCat(target.place, ": ", name, " links ", link,
                                          ", which is unknown; give it a row in tests/tidy/house_rules.cc"));
        continue;
      }
      // A library of several headers may be linked for one of them; a room of our own only if all of it may be
      // included.
      const auto allowed = [&](const std::string& header) { return MayLink(target, header); };
      const bool own = targets.count(link) > 0;
      const bool may = own ? std::all_of(headers.begin(), headers.end(), allowed)
                           : headers.empty() || std::any_of(headers.begin(), headers.end(), allowed);
      if (!may) violations.push_back(absl::StrCat(target.place, ": ", name, " may not link ", link));
    }
  }
  return violations;
}

}  // namespace envej::tidy
