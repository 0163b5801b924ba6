#ifndef ENVEJ_TESTS_MUTANTS_WORKSHOP_H_
#define ENVEJ_TESTS_MUTANTS_WORKSHOP_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/mutants/mutant_list.h"

namespace envej::mutants {

// What became of a mutant.
struct Verdict {
  bool is_found = false;
  std::string how;  // the first thing that the simulation found, or how it ended
};

// Builds the simulation with one source changed, beside the tree, and runs it. Only that source is compiled, with those
// that are compiled with it as one; the rest comes from the build folder, in which the simulation must be built.
//
// Thread safety: Try from any thread.
class Workshop {
 public:
  // How many seeds the simulation has to find a mutant.
  struct Seeds {
    uint64_t memory = 2000;
    uint64_t rocksdb = 150;
  };

  // `source` and `build` are the tree's folder and its build folder; what is made lies in `build`/mutants.
  static absl::StatusOr<Workshop> Open(const std::string& source, const std::string& build, const Seeds& seeds);

  // An error if it cannot be built.
  absl::StatusOr<Verdict> Try(const Mutant& mutant, size_t number) const;

 private:
  Workshop(std::string source, std::string build, const Seeds& seeds)
      : source_(std::move(source)), build_(std::move(build)), seeds_(seeds) {}

  std::string source_;
  std::string build_;
  Seeds seeds_;
  // How a source is compiled: by itself, or included in a file of the build folder with others.
  struct Compiling {
    std::string command;
    std::string file;
  };

  std::map<std::string, Compiling> compiling_;  // by source
  std::string linking_;
};

}  // namespace envej::mutants

#endif  // ENVEJ_TESTS_MUTANTS_WORKSHOP_H_
