#ifndef ENVEJ_TESTS_FUZZ_FUZZ_TARGET_H_
#define ENVEJ_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::fuzz {

// What each target defines: one decoder of bytes from outside, and what must be so of whatever it is given.

// Gives the bytes to the decoder, and ends the process if a property does not hold (ENVEJ_FUZZ_CHECK).
void Try(absl::string_view bytes);

// A few inputs that the decoder takes, made by the real encoders, from which others are made by changing them.
std::vector<std::string> Seeds();

}  // namespace envej::fuzz

#define ENVEJ_FUZZ_CHECK(condition)                                                       \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

#endif  // ENVEJ_TESTS_FUZZ_FUZZ_TARGET_H_
