#ifndef ENVEJ_TESTS_SUPPORT_FREE_ADDRESS_H_
#define ENVEJ_TESTS_SUPPORT_FREE_ADDRESS_H_

#include <unistd.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/loopback.h"

namespace envej::support {

// An address for a broker that keeps it start after start, so that its clients find it again: a port on which nobody
// listens, below those that the system gives to whoever asks for any.
inline std::string FreeAddress(std::mt19937::result_type seed) {
  std::mt19937 random(seed);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int port = 20'000 + static_cast<int>(random() % 10'000);
    const int taken = ConnectTo(port);
    if (taken < 0) return absl::StrCat("127.0.0.1:", port);
    close(taken);
  }
  return "127.0.0.1:0";
}

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_FREE_ADDRESS_H_
