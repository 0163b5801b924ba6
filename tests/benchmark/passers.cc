#include "tests/benchmark/passers.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::benchmark {

absl::StatusOr<std::unique_ptr<Passers>> Passers::Connect(Stage& stage) {
  auto passers = std::unique_ptr<Passers>(new Passers());
  for (size_t index = 0; index < kAtOnce; ++index) {
    absl::StatusOr<std::unique_ptr<RegionUser>> region = RegionUser::Connect(stage, absl::StrCat("region-", index));
    if (!region.ok()) return region.status();
    passers->passers_.emplace_back().region = *std::move(region);
  }
  const std::vector<std::string> codes = InboxCodes();
  for (size_t index = 0; index < codes.size(); ++index) {
    Passer& passer = passers->passers_[index % kAtOnce];
    absl::StatusOr<std::unique_ptr<InboxUser>> inbox = InboxUser::Connect(stage, *passer.region, codes[index]);
    if (!inbox.ok()) return inbox.status();
    if (IsLateInbox(codes[index])) {
      passer.late_inbox = *std::move(inbox);
    } else {
      passer.inboxes.push_back(*std::move(inbox));
    }
  }
  return passers;
}

absl::StatusOr<Figures> Passers::Fill(int notices_each) {
  const auto begin = std::chrono::steady_clock::now();
  const absl::Status filled = All([notices_each](Passer& passer) {
    for (const std::unique_ptr<InboxUser>& inbox : passer.inboxes) {
      if (absl::Status status = inbox->Fill(notices_each); !status.ok()) return status;
    }
    return passer.late_inbox->Fill(notices_each);
  });
  if (!filled.ok()) return filled;
  const double batches = static_cast<double>(notices_each) * kInboxes / kBatch;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return Figures{.calls = batches, .calls_per_second = batches / seconds};
}

absl::StatusOr<Figures> Passers::Pass(absl::Duration duration) {
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + absl::ToChronoNanoseconds(duration);
  const absl::Status status = All([end](Passer& passer) {
    passer.milliseconds.clear();
    while (std::chrono::steady_clock::now() < end) {
      if (absl::Status passed = PassBatch(passer); !passed.ok()) return passed;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::vector<double> all;
  for (const Passer& passer : passers_) all.insert(all.end(), passer.milliseconds.begin(), passer.milliseconds.end());
  const auto batches = static_cast<double>(all.size());
  return Figures{.calls = batches,
                 .calls_per_second = batches / seconds,
                 .median_milliseconds = Quantile(all, 0.5),
                 .p99_milliseconds = Quantile(all, 0.99)};
}

absl::Status Passers::PassBatch(Passer& passer) {
  const auto begin = std::chrono::steady_clock::now();
  const size_t turn = passer.turn++;
  InboxUser& inbox = turn % kLateTurn == 0 ? *passer.late_inbox : *passer.inboxes[turn % passer.inboxes.size()];
  if (absl::Status status = inbox.Fill(kBatch); !status.ok()) return status;
  const absl::StatusOr<InboxUser::Times> times = inbox.Deliver(kBatch);
  if (!times.ok()) return times.status();
  if (times->notices != kBatch) return absl::InternalError("an inbox of the benchmark did not hold what it should");
  passer.milliseconds.push_back(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  return absl::OkStatus();
}

absl::Status Passers::All(const std::function<absl::Status(Passer& passer)>& work) {
  std::vector<absl::Status> ends(passers_.size());
  std::vector<std::thread> threads;
  for (size_t index = 0; index < passers_.size(); ++index) {
    threads.emplace_back([&, index] { ends[index] = work(passers_[index]); });
  }
  for (std::thread& thread : threads) thread.join();
  absl::Status status;
  for (const absl::Status& end : ends) status.Update(end);
  return status;
}

}  // namespace envej::benchmark
