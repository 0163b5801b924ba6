#ifndef ENVEJ_CERTS_SURROUNDINGS_H_
#define ENVEJ_CERTS_SURROUNDINGS_H_

#include <functional>
#include <stop_token>

#include "absl/time/time.h"

namespace envej::certs {

// Where a client's time and chance come from, and whether it is to end. All are called from several threads.
struct Surroundings {
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> sleep;
  std::function<double()> random;  // uniform in [0, 1)
  // Once a stop is requested, calls under way are cancelled, and none is tried again. What was cancelled may have been
  // carried out.
  std::stop_token stop = {};
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SURROUNDINGS_H_
