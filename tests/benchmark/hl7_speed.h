#ifndef ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_
#define ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"

namespace envej::benchmark {

// Measures how many HL7 messages a second one agent takes over MLLP on loopback, each durable before it is
// acknowledged, by 1 and by 16 senders that wait for each answer: discharges of ever other patients, for `duration` a
// round, round after round. Beside them as many threads that each put 1 KiB into a RocksDB of its own and sync it,
// which is the measure. `directory` is where the stores are made for the time.
absl::Status MeasureHl7(const std::string& directory, absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_
