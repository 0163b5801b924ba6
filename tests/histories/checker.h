#ifndef ENVEJ_TESTS_HISTORIES_CHECKER_H_
#define ENVEJ_TESTS_HISTORIES_CHECKER_H_

#include <string>
#include <vector>

#include "tests/histories/history.h"

namespace envej::histories {

// How a history was judged.
enum class Verdict {
  kHolds,
  kDoesNotHold,
  kTooMuch,  // after kStepsMost steps it was not known
};
inline constexpr size_t kStepsMost = 5'000'000;
inline constexpr size_t kCallsMost = 64;  // of one notice

// Whether the calls of one notice can be put in an order in which each comes between its begin and its end, and in
// which the specification would have answered each as it was answered. Calls without an answer may be left out.
Verdict Check(const std::vector<Call>& calls);

// The calls in order of their begin, one a line.
std::string Describe(std::vector<Call> calls);

}  // namespace envej::histories

#endif  // ENVEJ_TESTS_HISTORIES_CHECKER_H_
