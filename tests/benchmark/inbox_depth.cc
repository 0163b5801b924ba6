#include "tests/benchmark/inbox_depth.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/limits.h"
#include "tests/benchmark/call_loads.h"
#include "tests/benchmark/inbox_user.h"
#include "tests/benchmark/region_user.h"

namespace envej::benchmark {
namespace {

constexpr double kGoal = 1.5;
constexpr int kPullsOfARound = 20;

// The pulls of one inbox in one round.
Figures Sum(const std::vector<double>& milliseconds) {
  double total = 0;
  for (const double one : milliseconds) total += one;
  return {.calls = static_cast<double>(milliseconds.size()),
          .calls_per_second = total > 0 ? 1000 * static_cast<double>(milliseconds.size()) / total : 0,
          .median_milliseconds = Quantile(milliseconds, 0.5),
          .p99_milliseconds = Quantile(milliseconds, 0.99),
          .server_microseconds = 0};
}

absl::Status PullBatch(InboxUser& inbox, std::vector<double>& milliseconds) {
  const absl::StatusOr<InboxUser::Times> times = inbox.Deliver(kBatch);
  if (!times.ok()) return times.status();
  if (times->notices != kBatch) return absl::InternalError("an inbox of the benchmark did not hold what it should");
  milliseconds.push_back(times->pull_milliseconds);
  return absl::OkStatus();
}

// Pulls turn by turn from both. What `refilled` lists gets a batch before each turn, so that it holds just that.
absl::Status Compare(InboxUser& one, InboxUser& other, const std::vector<InboxUser*>& refilled, int pulls, int rounds,
                     Row& one_row, Row& other_row, Ratio& other_to_one) {
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> one_times;
    std::vector<double> other_times;
    for (int pull = 0; pull < pulls; ++pull) {
      for (InboxUser* const inbox : refilled) {
        if (absl::Status status = inbox->Fill(kBatch); !status.ok()) return status;
      }
      if (absl::Status status = PullBatch(one, one_times); !status.ok()) return status;
      if (absl::Status status = PullBatch(other, other_times); !status.ok()) return status;
    }
    one_row.samples.push_back(Sum(one_times));
    other_row.samples.push_back(Sum(other_times));
    other_to_one.samples.push_back(other_row.samples.back().median_milliseconds /
                                   one_row.samples.back().median_milliseconds);
  }
  return absl::OkStatus();
}

absl::Status Empty(InboxUser& inbox) {
  while (true) {
    const absl::StatusOr<InboxUser::Times> times = inbox.Deliver(contract::kBatchNotices);
    if (!times.ok()) return times.status();
    if (times->notices == 0) return absl::OkStatus();
  }
}

}  // namespace

absl::Status MeasureInboxDepth(Stage& stage, int notices, int rounds, Report& report) {
  const absl::StatusOr<std::unique_ptr<RegionUser>> region = RegionUser::Connect(stage, "region-depth");
  if (!region.ok()) return region.status();
  const absl::StatusOr<std::unique_ptr<InboxUser>> shallow = InboxUser::Connect(stage, **region, kShallowInbox);
  if (!shallow.ok()) return shallow.status();
  const absl::StatusOr<std::unique_ptr<InboxUser>> deep = InboxUser::Connect(stage, **region, kDeepInbox);
  if (!deep.ok()) return deep.status();
  if (absl::Status status = (*deep)->Fill(notices); !status.ok()) return status;

  const int pulls = std::clamp(notices / kBatch / std::max(rounds, 1), 1, kPullsOfARound);
  const std::string pull = absl::StrCat("pull of ", kBatch, ", ");
  const auto name = [&](absl::string_view where) { return absl::StrCat(pull, where); };
  Row few{name(absl::StrCat(kBatch, " waiting")), "notices", kBatch, {}};
  Row many{name(absl::StrCat(notices, " waiting")), "notices", kBatch, {}};
  Ratio depth{
      .name = absl::StrCat(pull, notices, " / ", kBatch, " waiting"), .samples = {}, .goal = kGoal, .at_least = false};
  if (absl::Status status = Compare(**shallow, **deep, {shallow->get()}, pulls, rounds, few, many, depth);
      !status.ok()) {
    return status;
  }

  if (absl::Status status = Empty(**deep); !status.ok()) return status;
  Row fresh{name(absl::StrCat(kBatch, " waiting, again")), "notices", kBatch, {}};
  Row behind{name(absl::StrCat(kBatch, " waiting behind ", notices, " delivered")), "notices", kBatch, {}};
  Ratio delivered{.name = absl::StrCat(pull, "behind ", notices, " delivered / none"),
                  .samples = {},
                  .goal = kGoal,
                  .at_least = false};
  if (absl::Status status =
          Compare(**shallow, **deep, {shallow->get(), deep->get()}, pulls, rounds, fresh, behind, delivered);
      !status.ok()) {
    return status;
  }
  for (Row* const row : {&few, &many, &fresh, &behind}) report.rows.push_back(std::move(*row));
  for (Ratio* const ratio : {&depth, &delivered}) report.ratios.push_back(std::move(*ratio));
  return absl::OkStatus();
}

}  // namespace envej::benchmark
