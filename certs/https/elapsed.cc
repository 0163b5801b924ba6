#include "certs/https/elapsed.h"

#include <chrono>

namespace envej::https {

absl::Duration SystemElapsed() { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

}  // namespace envej::https
