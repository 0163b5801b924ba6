#ifndef ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_
#define ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

inline constexpr size_t kInFlight = 64;
inline constexpr int kBatch = 100;

// Measures calls beside one another: the empty one, SubmitNotice, SubmitNotices, and a consumer's pull with its
// acknowledgement, each for `duration` a round, round after round. Adds their rows, and the ratio of the durable
// SubmitNotice to the empty call.
absl::Status MeasureCalls(Stage& stage, absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_
