#include "region-client/agent/teller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/contract/retry_policy.h"

namespace envej::region {
namespace {

// How often what is to be told is looked at, so that no lost ring is waited for.
constexpr absl::Duration kTellingsLookEach = absl::Seconds(30);
constexpr size_t kForgottenAtOnce = 100;
constexpr absl::Duration kNotTakenMost = absl::Hours(1);
constexpr absl::string_view kSetAside = "telling-set-aside";

}  // namespace

Teller::Teller(TellerParts parts, std::vector<TellingWay> ways)
    : parts_(std::move(parts)), ways_(std::move(ways)), told_up_to_(ways_.size()) {
  for (size_t way = 0; way < ways_.size(); ++way) doorbells_.push_back(std::make_unique<Doorbell>());
}

void Teller::Ring() {
  for (const std::unique_ptr<Doorbell>& doorbell : doorbells_) doorbell->Ring();
}

absl::Status Teller::Run(size_t way) {
  const absl::StatusOr<uint64_t> told = parts_.store.ReadToldUpTo(ways_[way].name);
  if (!told.ok()) return told.status();
  // Also forgets what other ways told before it was known how far this one had.
  if (absl::Status status = Advance(way, *told); !status.ok()) return status;
  contract::RetryPolicy policy(absl::InfiniteFuture(), parts_.surroundings.random);
  Attempt attempt;
  bool said = false;
  while (!parts_.stopping.stopped()) {
    const absl::StatusOr<bool> done = TellOne(way, attempt);
    if (done.ok()) {
      policy.Progressed();
      said = false;
      if (!*done && !parts_.stopping.stopped()) doorbells_[way]->Wait(kTellingsLookEach);
      continue;
    }
    if (absl::IsDataLoss(done.status()) || absl::IsInternal(done.status())) return done.status();
    if (!parts_.stopping.stopped() && !std::exchange(said, true)) {
      parts_.log(
          absl::StrCat("cannot tell the ward by ", ways_[way].name, ": ", done.status().message(), "; trying again"));
    }
    parts_.stopping.Sleep(
        policy.NextDelay(parts_.surroundings.now(), absl::ZeroDuration()).value_or(kTellingsLookEach));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Teller::TellOne(size_t way, Attempt& attempt) {
  uint64_t from = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    from = told_up_to_[way] + 1;
  }
  const absl::StatusOr<std::vector<StoredTelling>> next = parts_.store.ReadTellings(from, 1);
  if (!next.ok()) return next.status();
  if (next->empty()) return false;
  const StoredTelling& telling = next->front();
  if (ways_[way].is_told(telling.telling)) {
    const absl::Status told = ways_[way].tell(telling.telling);
    const bool is_set_aside = IsToBeSetAside(told, telling.number, attempt);
    if (!told.ok() && !is_set_aside) return absl::UnavailableError(told.message());
    if (is_set_aside) {
      if (absl::Status status = SetAside(way, telling, told); !status.ok()) return status;
    }
  }
  if (absl::Status status = Advance(way, telling.number); !status.ok()) return status;
  return true;
}

bool Teller::IsToBeSetAside(const absl::Status& told, uint64_t number, Attempt& attempt) const {
  if (std::exchange(attempt.number, number) != number) attempt.not_taken_since = absl::InfiniteFuture();
  if (absl::IsInvalidArgument(told)) return true;
  if (!absl::IsAborted(told)) return false;
  const absl::Time now = parts_.surroundings.now();
  attempt.not_taken_since = std::min(attempt.not_taken_since, now);
  return now - attempt.not_taken_since >= kNotTakenMost;
}

absl::Status Teller::SetAside(size_t way, const StoredTelling& telling, const absl::Status& why) {
  parts_.log(absl::StrCat("set aside a telling about ", telling.telling.patient_reference(), " that ", ways_[way].name,
                          " does not take: ", why.message()));
  AgentBatch batch = parts_.store.NewBatch();
  batch.CountRefused(absl::ToCivilDay(parts_.surroundings.now(), parts_.copenhagen), ways_[way].name, kSetAside, 1);
  return parts_.store.Write(std::move(batch));
}

absl::Status Teller::Advance(size_t way, uint64_t number) {
  const std::lock_guard<std::mutex> lock(mutex_);
  AgentBatch batch = parts_.store.NewBatch();
  batch.PutToldUpTo(ways_[way].name, number);
  const uint64_t before = *std::min_element(told_up_to_.begin(), told_up_to_.end());
  told_up_to_[way] = number;
  const uint64_t by_all = *std::min_element(told_up_to_.begin(), told_up_to_.end());
  if (by_all > before) {
    const absl::StatusOr<std::vector<StoredTelling>> told = parts_.store.ReadTellings(0, kForgottenAtOnce);
    if (!told.ok()) return told.status();
    for (const StoredTelling& each : *told) {
      if (each.number <= by_all) batch.RemoveTelling(each.number);
    }
  }
  return parts_.store.Write(std::move(batch));
}

}  // namespace envej::region
