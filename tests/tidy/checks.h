#ifndef ENVEJ_TESTS_TIDY_CHECKS_H_
#define ENVEJ_TESTS_TIDY_CHECKS_H_

#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

// The house rules, checked. Each returns one line for each violation: the place, what is wrong, and what to do where
// that is not plain.
namespace envej::tidy {

// Every include is allowed to its room.
std::vector<std::string> CheckIncludes(const SourceTree& tree);

// Every link said in CMake is allowed to the room of the target's files, and said through envej_library or
// envej_program.
std::vector<std::string> CheckLinks(const SourceTree& tree);

// No forbidden text stands in code.
std::vector<std::string> CheckTexts(const SourceTree& tree);

// Every *_test.cc is built, and mirrors a folder of the tree; production code holds none.
std::vector<std::string> CheckTests(const SourceTree& tree);

// No file is too long.
std::vector<std::string> CheckSizes(const SourceTree& tree);

// Every header is guarded by its path.
std::vector<std::string> CheckGuards(const SourceTree& tree);

// All of them.
std::vector<std::string> CheckEverything(const SourceTree& tree);

}  // namespace envej::tidy

#endif  // ENVEJ_TESTS_TIDY_CHECKS_H_
