#ifndef ENVEJ_TESTS_SIMULATION_RANDOM_H_
#define ENVEJ_TESTS_SIMULATION_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace envej::simulation {

// All chance of one run; the same on every machine for the same seed.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // From 0 to `below` - 1. `below` is at least 1.
  uint64_t Below(uint64_t below) { return engine_() % below; }
  bool OneIn(uint64_t times) { return Below(times) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_RANDOM_H_
