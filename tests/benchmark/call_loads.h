#ifndef ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_
#define ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

inline constexpr size_t kInFlight = 64;
inline constexpr int kBatch = 100;

// Both measure calls beside one another, each for `duration` a round, round after round, and add their rows.

// The durable SubmitNotice beside the empty call, and their ratio. By themselves, since what other loads leave to be
// compacted is not theirs to pay for.
absl::Status MeasureSubmission(Stage& stage, absl::Duration duration, int rounds, Report& report);

// The same without company, SubmitNotices, and a consumer's pull with its acknowledgement.
absl::Status MeasureCalls(Stage& stage, absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_CALL_LOADS_H_
