#ifndef ENVEJ_TESTS_BENCHMARK_LOAD_ROUNDS_H_
#define ENVEJ_TESTS_BENCHMARK_LOAD_ROUNDS_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/report.h"
#include "tests/benchmark/server_process.h"

namespace envej::benchmark {

using Callers = std::vector<std::unique_ptr<Caller>>;

// Callers of one server, and the row of what they came to.
struct Load {
  Row row;
  Callers callers;
  const ServerProcess& server;
};

Row CallRow(absl::string_view name, absl::string_view unit, size_t in_flight, double per_call = 1);

// Measures with the server's processor time beside it.
absl::StatusOr<Figures> WithServer(const ServerProcess& server,
                                   const std::function<absl::StatusOr<Figures>()>& measure);

// Each load for `duration` a round, round after round, beside one another; the first time for less, to connect and to
// warm up both sides. `after_round` is called after each.
absl::Status RunLoads(std::vector<Load>& loads, absl::Duration duration, int rounds,
                      const std::function<absl::Status()>& after_round);

void AddRows(std::vector<Load>& loads, Report& report);

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_LOAD_ROUNDS_H_
