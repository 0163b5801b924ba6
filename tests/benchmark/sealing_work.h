#ifndef ENVEJ_TESTS_BENCHMARK_SEALING_WORK_H_
#define ENVEJ_TESTS_BENCHMARK_SEALING_WORK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/load.h"

namespace envej::benchmark {

// One thing that is done with sealed content, without a broker.
struct Work {
  std::string name;
  std::function<absl::Status()> once;
};

// Sealing this payload to one and to two recipients, the check that needs no key, and opening with verifying who
// signed, in this order. Each holds what it needs.
absl::StatusOr<std::vector<Work>> SealingWorks(const std::string& payload);

// Does it again and again on this thread, whose processor time is measured.
absl::StatusOr<Figures> Repeat(const Work& work, absl::Duration duration);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_SEALING_WORK_H_
