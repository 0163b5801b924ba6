#ifndef ENVEJ_TESTS_BENCHMARK_INBOX_DEPTH_H_
#define ENVEJ_TESTS_BENCHMARK_INBOX_DEPTH_H_

#include "absl/status/status.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// Measures the pull of a batch from an inbox with `notices` waiting beside one with a batch waiting; then the same once
// the deep one was emptied, so that what was delivered lies before its head. Adds rows and ratios.
absl::Status MeasureInboxDepth(Stage& stage, int notices, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_INBOX_DEPTH_H_
