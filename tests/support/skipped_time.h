#ifndef ENVEJ_TESTS_SUPPORT_SKIPPED_TIME_H_
#define ENVEJ_TESTS_SUPPORT_SKIPPED_TIME_H_

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/certs/test_files.h"

namespace envej::support {

// Lets time pass at once for a broker that runs, by skipped_time.cc.
class SkippedTime {
 public:
  // What a broker is started with, so that time can be skipped: by the clock that counts what has passed, and by that
  // on the wall too if it is asked.
  enum class Clocks { kSteady, kAll };
  std::vector<std::string> Environment(Clocks clocks = Clocks::kSteady) const {
    const char* const folder = std::getenv("ENVEJ_BINARY_DIRECTORY");
    const std::string library =
        absl::StrCat(folder == nullptr ? "build/dev/bin" : folder, "/tests/libenvej_skipped_time.so");
    // AddressSanitizer would be the first library; this one has nothing that it follows.
    const char* const asan_options = std::getenv("ASAN_OPTIONS");
    return {absl::StrCat("LD_PRELOAD=", library), absl::StrCat("ENVEJ_SKIPPED_TIME=", path_),
            absl::StrCat("ENVEJ_SKIPPED_WALL_CLOCK=", clocks == Clocks::kAll ? "1" : ""),
            absl::StrCat("ASAN_OPTIONS=", asan_options == nullptr ? "" : asan_options, ":verify_asan_link_order=0")};
  }

  void Skip(int minutes) const {
    std::ofstream(path_, std::ios::app) << std::string(static_cast<size_t>(minutes), '.') << std::flush;
  }

 private:
  const certs::TestDirectory folder_;
  const std::string path_ = folder_.Path("minutes");
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_SKIPPED_TIME_H_
