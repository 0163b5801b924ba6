#include "tests/mutants/workshop.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace envej::mutants {
namespace {

namespace fs = std::filesystem;

constexpr char kProgram[] = "bin/tests/simulation";
constexpr size_t kFindingMost = 120;  // bytes
constexpr int kTimedOut = 124;        // timeout(1)
constexpr char kSeconds[] = "900";

struct Ended {
  int code = -1;
  std::string out;
};

Ended Run(const std::string& command) {
  Ended ended;
  FILE* const pipe = popen(absl::StrCat("{ ", command, " ; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return ended;
  std::array<char, 4096> bytes{};
  while (const size_t count = fread(bytes.data(), 1, bytes.size(), pipe)) ended.out.append(bytes.data(), count);
  const int status = pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

absl::StatusOr<std::string> Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.good()) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The sources that a file which CMake made includes, so that they are compiled as one; else the file itself.
std::vector<std::string> SourcesOf(const std::string& file) {
  if (!absl::StrContains(file, "/Unity/")) return {file};
  std::vector<std::string> sources;
  const absl::StatusOr<std::string> text = Read(file);
  if (!text.ok()) return sources;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::ConsumePrefix(&line, "#include \"") || !absl::ConsumeSuffix(&line, "\"")) continue;
    sources.emplace_back(line);
  }
  return sources;
}

// The command that compiles another file than it did, without warnings and dependencies.
std::string CompileInstead(const std::string& command, const std::string& source, const std::string& object) {
  std::vector<std::string> words = absl::StrSplit(command, ' ', absl::SkipEmpty());
  std::vector<std::string> kept;
  for (size_t index = 0; index < words.size(); ++index) {
    const std::string& word = words[index];
    if (word == "-MD" || word == "-Werror") continue;
    if (word == "-MT" || word == "-MF" || word == "-o" || word == "-c") {
      ++index;
      continue;
    }
    kept.push_back(word);
  }
  return absl::StrCat(absl::StrJoin(kept, " "), " -w -o ", object, " -c ", source);
}

// The command that links another program, with an object before all libraries that hold the same.
std::string LinkInstead(const std::string& command, const std::string& object, const std::string& program) {
  std::vector<std::string> words = absl::StrSplit(command, ' ', absl::SkipEmpty());
  for (size_t index = 0; index + 1 < words.size(); ++index) {
    if (words[index] == "-o") words[index + 1] = absl::StrCat(program, " ", object);
  }
  return absl::StrJoin(words, " ");
}

std::string FirstFinding(const std::string& out) {
  for (const absl::string_view line : absl::StrSplit(out, '\n')) {
    if (absl::StartsWith(line, "seed "))
      return std::string(line.substr(0, std::min(line.find("; replay"), kFindingMost)));
  }
  return "";
}

}  // namespace

absl::StatusOr<Workshop> Workshop::Open(const std::string& source, const std::string& build, const Seeds& seeds) {
  Workshop workshop(source, build, seeds);
  const Ended commands = Run(absl::StrCat("ninja -C ", build, " -t commands ", kProgram));
  if (commands.code != 0) return absl::FailedPreconditionError(absl::StrCat("ninja failed: ", commands.out));
  for (const absl::string_view line : absl::StrSplit(commands.out, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(line, absl::MaxSplits(" -c ", 1));
    if (!halves.second.empty()) {
      const std::string file(halves.second);
      for (const std::string& each : SourcesOf(file)) {
        workshop.compiling_.emplace(each, Compiling{.command = std::string(line), .file = file});
      }
    }
    if (absl::StrContains(line, absl::StrCat("-o ", kProgram, " "))) workshop.linking_ = std::string(line);
  }
  if (workshop.linking_.empty()) return absl::FailedPreconditionError("nothing links the simulation");
  return workshop;
}

absl::StatusOr<Verdict> Workshop::Try(const Mutant& mutant, size_t number) const {
  const std::string original = absl::StrCat(source_, "/", mutant.file);
  const absl::StatusOr<std::string> text = Read(original);
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::string> changed = Apply(mutant, *text);
  if (!changed.ok()) return changed.status();
  const auto compiling = compiling_.find(original);
  if (compiling == compiling_.end()) {
    return absl::FailedPreconditionError(absl::StrCat("the simulation is not built from ", mutant.file));
  }
  const std::string folder = absl::StrCat(build_, "/mutants/", number);
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string& file = compiling->second.file;
  std::string compiled = folder + "/mutant.cc";
  std::ofstream(compiled, std::ios::binary) << *changed;
  if (file != original) {
    const absl::StatusOr<std::string> together = Read(file);
    if (!together.ok()) return together.status();
    std::ofstream(folder + "/together.cc", std::ios::binary)
        << absl::StrReplaceAll(*together, {{absl::StrCat("\"", original, "\""), absl::StrCat("\"", compiled, "\"")}});
    compiled = folder + "/together.cc";
  }
  const std::string program = folder + "/simulation";
  const Ended built =
      Run(absl::StrCat("cd ", build_, " && ", CompileInstead(compiling->second.command, compiled, folder + "/mutant.o"),
                       " && ", LinkInstead(linking_, folder + "/mutant.o", program)));
  if (built.code != 0) return absl::FailedPreconditionError(absl::StrCat("it cannot be built: ", built.out));
  const uint64_t seeds = mutant.store == "memory" ? seeds_.memory : seeds_.rocksdb;
  const Ended ended =
      Run(absl::StrCat("timeout ", kSeconds, " ", program, " --store ", mutant.store, " --failures 1 --seeds ", seeds));
  fs::remove_all(folder, error);
  if (ended.code == 0 || ended.code == 3) return Verdict{.is_found = false, .how = absl::StrCat(seeds, " seeds")};
  if (ended.code == 1) return Verdict{.is_found = true, .how = FirstFinding(ended.out)};
  return Verdict{.is_found = true,
                 .how = ended.code == kTimedOut ? "it never ends" : absl::StrCat("it ended by itself, ", ended.code)};
}

}  // namespace envej::mutants
