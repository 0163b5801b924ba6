#ifndef ENVEJ_TESTS_BENCHMARK_WATCHING_COST_H_
#define ENVEJ_TESTS_BENCHMARK_WATCHING_COST_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// Fills every inbox of the stage, which can skip time, `notices` in all; lets so much time pass that some are late; and
// measures notices that pass through them with and without somebody who watches: a scraper and a dashboard. A round is
// four loads of `duration` each. Adds rows and ratios.
absl::Status MeasureWatchingCost(Stage& stage, int notices, absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_WATCHING_COST_H_
