#include "tests/mutants/mutant_list.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace envej::mutants {
namespace {

bool IsWhole(const Mutant& mutant) {
  return absl::EndsWith(mutant.file, ".cc") && !mutant.breaks.empty() && !mutant.text.empty() &&
         (mutant.store == "memory" || mutant.store == "rocksdb");
}

}  // namespace

absl::StatusOr<std::vector<Mutant>> ParseMutants(absl::string_view list) {
  std::vector<Mutant> mutants;
  bool has_replacement = true;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(list, '\n')) {
    ++number;
    const absl::Status malformed = absl::InvalidArgumentError(absl::StrCat("line ", number, " is malformed"));
    if (line.empty() || line[0] == '#') continue;
    if (absl::ConsumePrefix(&line, "file ")) {
      if (!has_replacement || (!mutants.empty() && !IsWhole(mutants.back()))) return malformed;
      mutants.emplace_back().file = std::string(line);
      has_replacement = false;
      continue;
    }
    if (mutants.empty()) return malformed;
    Mutant& mutant = mutants.back();
    if (absl::ConsumePrefix(&line, "breaks ")) {
      mutant.breaks = std::string(line);
    } else if (absl::ConsumePrefix(&line, "store ")) {
      mutant.store = std::string(line);
    } else if (absl::ConsumePrefix(&line, "-")) {
      absl::StrAppend(&mutant.text, mutant.text.empty() ? "" : "\n", line);
    } else if (absl::ConsumePrefix(&line, "+")) {
      absl::StrAppend(&mutant.replacement, has_replacement ? "\n" : "", line);
      has_replacement = true;
    } else {
      return malformed;
    }
  }
  if (!has_replacement || mutants.empty() || !IsWhole(mutants.back())) {
    return absl::InvalidArgumentError("the last mutant is not whole");
  }
  return mutants;
}

absl::StatusOr<std::string> Apply(const Mutant& mutant, const std::string& source) {
  const size_t place = source.find(mutant.text);
  if (place == std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(mutant.file, " does not have the text: ", mutant.text));
  }
  if (source.find(mutant.text, place + 1) != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(mutant.file, " has the text more than once: ", mutant.text));
  }
  return source.substr(0, place) + mutant.replacement + source.substr(place + mutant.text.size());
}

}  // namespace envej::mutants
