#ifndef ENVEJ_TESTS_BENCHMARK_PASSERS_H_
#define ENVEJ_TESTS_BENCHMARK_PASSERS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/inbox_user.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/region_user.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// All inboxes of the stage in use: systems of the region that fill them and municipalities that empty them, on several
// threads, each with connections and inboxes of its own.
class Passers {
 public:
  static constexpr size_t kAtOnce = kLateInboxes;  // so that each has one of them
  static constexpr int kBatch = 100;
  // An inbox whose notices are late is nearly forgotten: one turn of so many of its thread is its.
  static constexpr size_t kLateTurn = 64;

  static absl::StatusOr<std::unique_ptr<Passers>> Connect(Stage& stage);

  // Submits so many notices to each inbox. A call of the figures is kBatch of them.
  absl::StatusOr<Figures> Fill(int notices_each);

  // Passes notices through, for so long: each thread submits a batch to the next of its inboxes, and pulls and
  // acknowledges as many from it, so that as many wait all the time, but for what is late, which becomes a little less.
  // A call of the figures is such a batch.
  absl::StatusOr<Figures> Pass(absl::Duration duration);

 private:
  // One thread's.
  struct Passer {
    std::unique_ptr<RegionUser> region;
    std::vector<std::unique_ptr<InboxUser>> inboxes;
    std::unique_ptr<InboxUser> late_inbox;
    size_t turn = 0;
    std::vector<double> milliseconds;  // of each batch that was passed
  };

  Passers() = default;

  static absl::Status PassBatch(Passer& passer);
  // Lets each do it on a thread of its own.
  absl::Status All(const std::function<absl::Status(Passer& passer)>& work);

  std::vector<Passer> passers_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_PASSERS_H_
