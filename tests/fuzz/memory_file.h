#ifndef ENVEJ_TESTS_FUZZ_MEMORY_FILE_H_
#define ENVEJ_TESTS_FUZZ_MEMORY_FILE_H_

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {

// The path of a file in memory with these contents; the same file each time.
inline std::string MemoryFile(absl::string_view contents) {
  static const int file = memfd_create("input", MFD_CLOEXEC);
  ENVEJ_FUZZ_CHECK(file >= 0 && ftruncate(file, 0) == 0);
  ENVEJ_FUZZ_CHECK(pwrite(file, contents.data(), contents.size(), 0) == static_cast<ssize_t>(contents.size()));
  return absl::StrCat("/proc/self/fd/", file);
}

}  // namespace envej::fuzz

#endif  // ENVEJ_TESTS_FUZZ_MEMORY_FILE_H_
