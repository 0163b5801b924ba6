#include "tests/benchmark/watching_cost.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/load_rounds.h"
#include "tests/benchmark/passers.h"
#include "tests/benchmark/watchers.h"

namespace envej::benchmark {
namespace {

constexpr double kThroughputLeast = 0.98;
constexpr double kProcessorTimeMost = 1.02;
constexpr char kOperations[] = "urn:envej:operations:watch";
constexpr int kSkippedMinutes = 120;        // what is late after one hour is, and nothing else
constexpr std::chrono::seconds kSettle(5);  // the inboxes' time may go on by leaps for a moment, and end leases
constexpr std::chrono::milliseconds kPauseBetweenLooks(200);
constexpr int kPausesToLate = 1500;

absl::StatusOr<Watchers::Watched> WhatIsWatched(Stage& stage) {
  const absl::StatusOr<certs::TlsFiles> operations = stage.IssueToClient("operations", kOperations);
  if (!operations.ok()) return operations.status();
  return Watchers::Watched{.metrics_port = stage.broker().PortIn("metrics_served"),
                           .pages_port = stage.broker().PortIn("pages_served"),
                           .operations = *operations};
}

// Until the broker says that so many are overdue. A scrape in which its clocks leap ends without an answer.
absl::Status AwaitLate(const Watchers::Watched& watched, int notices) {
  absl::Status why;
  for (int pause = 0; pause < kPausesToLate; ++pause, std::this_thread::sleep_for(kPauseBetweenLooks)) {
    const absl::StatusOr<double> late = Watchers::Scraped(watched, "envej_inbox_overdue");
    if (late.ok() && *late >= notices) return absl::OkStatus();
    why = late.status();
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the benchmark's broker does not tell ", notices, " overdue notices ", why.message()));
}

// One load, now with and now without watchers.
class Comparison {
 public:
  Comparison(Stage& stage, Passers& passers, Watchers::Watched watched, absl::Duration duration,
             const std::string& waiting)
      : stage_(stage), passers_(passers), watched_(std::move(watched)), duration_(duration) {
    const std::string load = absl::StrCat("pass ", Passers::kBatch, " beside ", waiting);
    alone_.name = load;
    beside_.name = absl::StrCat(load, ", watched");
  }

  // Without, with, with, without: so what goes slowly up or down in between is in both alike.
  absl::Status Round() {
    absl::Status status = Alone();
    if (status.ok()) status = Watched();
    if (status.ok()) status = Watched();
    if (status.ok()) status = Alone();
    if (!status.ok()) return status;
    const auto ratio = [&](double Figures::*column) {
      return SumOfLastTwo(beside_, column) / SumOfLastTwo(alone_, column);
    };
    throughput_.samples.push_back(ratio(&Figures::calls_per_second));
    if (SumOfLastTwo(alone_, &Figures::server_microseconds) > 0) {
      processor_time_.samples.push_back(ratio(&Figures::server_microseconds));
    }
    return absl::OkStatus();
  }

  void AddTo(Report& report) {
    for (Row* const row : {&alone_, &beside_, &scrapes_, &fed_}) report.rows.push_back(std::move(*row));
    for (Ratio* const ratio : {&throughput_, &processor_time_}) report.ratios.push_back(std::move(*ratio));
  }

 private:
  static double SumOfLastTwo(const Row& row, double Figures::*column) {
    return row.samples.back().*column + row.samples[row.samples.size() - 2].*column;
  }

  absl::Status Measure(Row& row) {
    const absl::StatusOr<Figures> figures = WithServer(stage_.broker(), [&] { return passers_.Pass(duration_); });
    if (figures.ok()) row.samples.push_back(*figures);
    return figures.status();
  }

  absl::Status Alone() { return Measure(alone_); }

  absl::Status Watched() {
    Watchers watchers(watched_);
    if (absl::Status status = watchers.AwaitFirst(); !status.ok()) return status;
    const auto begin = std::chrono::steady_clock::now();
    absl::Status status = Measure(beside_);
    status.Update(watchers.Stop());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const std::vector<double>& scrapes = watchers.scrape_milliseconds();
    scrapes_.samples.push_back({.calls_per_second = static_cast<double>(scrapes.size()) / seconds,
                                .median_milliseconds = Quantile(scrapes, 0.5),
                                .p99_milliseconds = Quantile(scrapes, 0.99)});
    fed_.samples.push_back({.calls_per_second = static_cast<double>(watchers.fed_bytes()) / 1000 / seconds});
    return status;
  }

  Stage& stage_;
  Passers& passers_;
  const Watchers::Watched watched_;
  const absl::Duration duration_;
  Row alone_{.name = "", .unit = "notices", .per_call = Passers::kBatch, .samples = {}};
  Row beside_ = alone_;
  Row scrapes_{.name = "scraped meanwhile", .unit = "scrapes", .per_call = 1, .samples = {}};
  Row fed_{.name = "fed to the dashboard meanwhile", .unit = "kB", .per_call = 1, .samples = {}};
  Ratio throughput_{.name = "notices passed, watched / not", .samples = {}, .goal = kThroughputLeast, .at_least = true};
  Ratio processor_time_{
      .name = "broker's time a notice, watched / not", .samples = {}, .goal = kProcessorTimeMost, .at_least = false};
};

}  // namespace

absl::Status MeasureWatchingCost(Stage& stage, int notices, absl::Duration duration, int rounds, Report& report) {
  const absl::StatusOr<Watchers::Watched> watched = WhatIsWatched(stage);
  if (!watched.ok()) return watched.status();
  const absl::StatusOr<std::unique_ptr<Passers>> passers = Passers::Connect(stage);
  if (!passers.ok()) return passers.status();
  const int each = (notices + static_cast<int>(kInboxes) - 1) / static_cast<int>(kInboxes);
  const int late = each * static_cast<int>(kLateInboxes);
  Row filled{.name = absl::StrCat("fill ", kInboxes, " inboxes, ", Passers::kAtOnce, " at once"),
             .unit = "notices",
             .per_call = Passers::kBatch,
             .samples = {}};
  const absl::StatusOr<Figures> filling = WithServer(stage.broker(), [&] { return (*passers)->Fill(each); });
  if (!filling.ok()) return filling.status();
  filled.samples.push_back(*filling);
  report.rows.push_back(std::move(filled));
  stage.SkipTime(kSkippedMinutes);
  if (absl::Status status = AwaitLate(*watched, late); !status.ok()) return status;
  std::this_thread::sleep_for(kSettle);

  Comparison comparison(stage, **passers, *watched, duration, absl::StrCat(each * kInboxes, " (", late, " late)"));
  if (absl::Status status = (*passers)->Pass(duration).status(); !status.ok()) return status;  // to warm up both sides
  for (int round = 0; round < rounds; ++round) {
    if (absl::Status status = comparison.Round(); !status.ok()) return status;
  }
  comparison.AddTo(report);
  return absl::OkStatus();
}

}  // namespace envej::benchmark
