#include "tests/benchmark/watching_cost.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/call_loads.h"
#include "tests/benchmark/inbox_user.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/load_rounds.h"
#include "tests/benchmark/watchers.h"

namespace envej::benchmark {
namespace {

constexpr double kGoal = 0.98;
constexpr char kOperations[] = "urn:envej:operations:watch";

absl::Status FillAll(Stage& stage, int notices) {
  const std::vector<std::string> codes = InboxCodes();
  const int each = notices / static_cast<int>(codes.size());
  for (const std::string& code : codes) {
    const absl::StatusOr<std::unique_ptr<InboxUser>> inbox = InboxUser::Connect(stage, code);
    if (!inbox.ok()) return inbox.status();
    if (absl::Status status = (*inbox)->Fill(each); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Measure(Load& load, absl::Duration duration) {
  const absl::StatusOr<Figures> figures = WithServer(load.server, [&] { return RunLoad(load.callers, duration); });
  if (figures.ok()) load.row.samples.push_back(*figures);
  return figures.status();
}

}  // namespace

absl::Status MeasureWatchingCost(Stage& stage, int notices, absl::Duration duration, int rounds, Report& report) {
  if (absl::Status status = FillAll(stage, notices); !status.ok()) return status;
  const absl::StatusOr<certs::TlsFiles> operations = stage.IssueToClient("operations", kOperations);
  if (!operations.ok()) return operations.status();
  const Watchers::Watched watched{.metrics_port = stage.broker().PortIn("metrics_served"),
                                  .pages_port = stage.broker().PortIn("pages_served"),
                                  .operations = *operations};
  absl::StatusOr<Callers> alone = SubmitCallersOf(stage, kInFlight);
  if (!alone.ok()) return alone.status();
  absl::StatusOr<Callers> beside = SubmitCallersOf(stage, kInFlight);
  if (!beside.ok()) return beside.status();
  const std::string waiting = absl::StrCat("SubmitNotice, ", notices, " waiting in ", InboxCodes().size(), " inboxes");
  Load unwatched{CallRow(waiting, "notices", kInFlight), *std::move(alone), stage.broker()};
  Load watching{CallRow(absl::StrCat(waiting, ", watched"), "notices", kInFlight), *std::move(beside), stage.broker()};
  Ratio throughput{.name = "SubmitNotice, watched / not", .samples = {}, .goal = kGoal, .at_least = true};
  for (int round = 0; round < rounds; ++round) {
    if (absl::Status status = Measure(unwatched, duration); !status.ok()) return status;
    Watchers watchers(watched);
    absl::Status status = Measure(watching, duration);
    status.Update(watchers.Stop());
    if (!status.ok()) return status;
    throughput.samples.push_back(watching.row.samples.back().calls_per_second /
                                 unwatched.row.samples.back().calls_per_second);
  }
  report.rows.push_back(std::move(unwatched.row));
  report.rows.push_back(std::move(watching.row));
  report.ratios.push_back(std::move(throughput));
  return absl::OkStatus();
}

}  // namespace envej::benchmark
