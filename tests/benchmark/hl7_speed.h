#ifndef ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_
#define ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"

namespace envej::benchmark {

// Measures how many HL7 messages a second are taken over MLLP on loopback, each durable before it is acknowledged, by 1
// and by 16 senders that wait for each answer, for `duration` a round, round after round:
//   by an agent's listener and desk alone, in this process: discharges of ever other patients, of whom no consent is
//   known;
//   by a real agent (`envej-region agent`) with consents, each message changing a notice, which it sends meanwhile to a
//   broker that takes it.
// Beside them as many threads that each put 1 KiB into a RocksDB of their own and sync it, which is the measure.
// `programs`: where the built programs are. `directory` is where the stores are made for the time.
absl::Status MeasureHl7(const std::string& programs, const std::string& directory, absl::Duration duration, int rounds,
                        Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_HL7_SPEED_H_
