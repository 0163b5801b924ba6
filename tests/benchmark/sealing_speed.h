#ifndef ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_
#define ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"

namespace envej::benchmark {

// Measures, on one thread and without a broker, what sealing costs for a payload of an ordinary notice's size: sealing
// to one and to two recipients, the check that needs no key, opening, and verifying the signature. Each for `duration`
// a round. Adds rows; there is no goal.
absl::Status MeasureSealing(absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_
