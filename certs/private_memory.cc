#include "certs/private_memory.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace envej::certs {

// Both: a handler named in core_pattern is handed a core whatever the limit is.
void KeepMemoryPrivate() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace envej::certs
