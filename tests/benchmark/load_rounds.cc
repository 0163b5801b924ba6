#include "tests/benchmark/load_rounds.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::benchmark {

Row CallRow(absl::string_view name, absl::string_view unit, size_t in_flight, double per_call) {
  return {.name = absl::StrCat(name, ", ", in_flight, " in flight"),
          .unit = std::string(unit),
          .per_call = per_call,
          .samples = {}};
}

absl::StatusOr<Figures> WithServer(const ServerProcess& server,
                                   const std::function<absl::StatusOr<Figures>()>& measure) {
  const double before = server.CpuSeconds();
  absl::StatusOr<Figures> figures = measure();
  if (figures.ok() && figures->calls > 0) {
    figures->server_microseconds = (server.CpuSeconds() - before) * 1e6 / figures->calls;
  }
  return figures;
}

absl::Status RunLoads(std::vector<Load>& loads, absl::Duration duration, int rounds,
                      const std::function<absl::Status()>& after_round) {
  for (Load& load : loads) {
    if (absl::Status status = RunLoad(load.callers, duration / 5).status(); !status.ok()) return status;
  }
  for (int round = 0; round < rounds; ++round) {
    for (Load& load : loads) {
      const absl::StatusOr<Figures> figures = WithServer(load.server, [&] { return RunLoad(load.callers, duration); });
      if (!figures.ok()) return figures.status();
      load.row.samples.push_back(*figures);
    }
    if (absl::Status status = after_round(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void AddRows(std::vector<Load>& loads, Report& report) {
  for (Load& load : loads) report.rows.push_back(std::move(load.row));
}

}  // namespace envej::benchmark
