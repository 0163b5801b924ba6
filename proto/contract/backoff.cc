#include "proto/contract/backoff.h"

#include <algorithm>

namespace envej::contract {

absl::Duration Backoff::Next(double random) {
  const absl::Duration wait = window_ * random;
  window_ = std::min(window_ * 2, kBackoffMost);
  return wait;
}

}  // namespace envej::contract
