#ifndef ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_
#define ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// Measures what sealing costs, for notices of the usual size, each of these for `duration` a round, round after round:
//   on one thread and without a broker, sealing to one and to two recipients, the check that needs no key, and opening
//   with verifying who signed;
//   SubmitNotice of content that the sender has sealed, of plain content, which the broker seals, and, to a broker
//   built without sealing, of random bytes of a sealed notice's size, which nobody looks into: the measure of the
//   others.
// Content of the first and the last kind is made beforehand, so that sealing it is not in the sender's figures. Adds
// rows, and the ratio of each to the submission of such bytes by rate, which other work on the machine disturbs, and by
// processor time, which it hardly does; there is no goal.
absl::Status MeasureSealing(Stage& stage, absl::Duration duration, int rounds, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_SEALING_SPEED_H_
