#ifndef ENVEJ_TESTS_MUTANTS_MUTANT_LIST_H_
#define ENVEJ_TESTS_MUTANTS_MUTANT_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::mutants {

// One guard switched off: mutants.txt says how it is written.
struct Mutant {
  std::string file;    // from the root of the tree
  std::string breaks;  // what does not hold any more
  std::string store = "memory";
  std::string text;
  std::string replacement;
};

// INVALID_ARGUMENT, with the line, if it is no list of whole mutants.
absl::StatusOr<std::vector<Mutant>> ParseMutants(absl::string_view list);

// The source with the guard switched off. FAILED_PRECONDITION unless its text stands there exactly once.
absl::StatusOr<std::string> Apply(const Mutant& mutant, const std::string& source);

}  // namespace envej::mutants

#endif  // ENVEJ_TESTS_MUTANTS_MUTANT_LIST_H_
