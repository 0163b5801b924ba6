#ifndef ENVEJ_TESTS_TRUST_PROCESS_MEMORY_H_
#define ENVEJ_TESTS_TRUST_PROCESS_MEMORY_H_

#include <sys/types.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace envej::trust {

// What a process has in memory (VmRSS); 0 if there is no such process.
inline int64_t ResidentKilobytes(pid_t process) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

}  // namespace envej::trust

#endif  // ENVEJ_TESTS_TRUST_PROCESS_MEMORY_H_
