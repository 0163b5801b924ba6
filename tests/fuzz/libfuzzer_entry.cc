// A target as libFuzzer runs it. With --write-seeds=DIR as its first argument it writes its seeds there and ends.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  absl::string_view folder = *count > 1 ? (*arguments)[1] : "";
  if (!absl::ConsumePrefix(&folder, "--write-seeds=")) return 0;
  int number = 0;
  for (const std::string& seed : envej::fuzz::Seeds()) {
    std::ofstream(absl::StrCat(folder, "/seed-", ++number), std::ios::binary) << seed;
  }
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  envej::fuzz::Try(absl::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
