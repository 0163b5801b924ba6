#ifndef ENVEJ_CERTS_HTTPS_ELAPSED_H_
#define ENVEJ_CERTS_HTTPS_ELAPSED_H_

#include <functional>

#include "absl/time/time.h"

namespace envej::https {

// What has passed since some moment in the past, and never less than before: setting a clock does not change it.
// Thread-safe.
using Elapsed = std::function<absl::Duration()>;

// By the system's own such clock, for programs that have none.
absl::Duration SystemElapsed();

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_ELAPSED_H_
