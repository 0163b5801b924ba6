#ifndef ENVEJ_MUNICIPALITY_CLIENT_WAITING_H_
#define ENVEJ_MUNICIPALITY_CLIENT_WAITING_H_

#include <random>
#include <stop_token>

#include "absl/time/time.h"

namespace envej::municipality_client {

// Draws uniformly from [0, 1), each object otherwise than every other. Thread safety: none.
class Chance {
 public:
  double operator()() { return std::uniform_real_distribution<double>()(generator_); }

 private:
  std::mt19937_64 generator_{std::random_device{}()};
};

// Waits, but not past a stop.
void WaitFor(absl::Duration duration, std::stop_token stop);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_WAITING_H_
