#ifndef ENVEJ_CERTS_SURROUNDINGS_H_
#define ENVEJ_CERTS_SURROUNDINGS_H_

#include <functional>

#include "absl/time/time.h"

namespace envej::certs {

// Where a client's time and chance come from. All are called from several threads.
struct Surroundings {
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> sleep;
  std::function<double()> random;  // uniform in [0, 1)
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SURROUNDINGS_H_
