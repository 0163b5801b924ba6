#include "broker/journal/refused_calls.h"

#include <algorithm>
#include <utility>

#include "broker/journal/commit_and_wait.h"

namespace envej::journal {
namespace {

const Refused& Others() {
  static const auto* const others = new Refused;
  return *others;
}

}  // namespace

void RefusedCalls::Count(const Refused& refused) {
  const absl::Time now = now_();
  MutexLock lock(mutex_);
  Add(refused, {.count = 1, .from = now, .until = now});
}

void RefusedCalls::Add(const Refused& refused, const Times& times) {
  const size_t apart = counts_.size() - counts_.count(Others());
  const bool has_place = apart < kApart || counts_.contains(refused);
  Times& counted = counts_[has_place ? refused : Others()];
  counted.count += times.count;
  counted.from = std::min(counted.from, times.from);
  counted.until = std::max(counted.until, times.until);
}

absl::Status RefusedCalls::WriteTo(store::OrderedStore& store) {
  Counts counts;
  {
    MutexLock lock(mutex_);
    counts.swap(counts_);
  }
  if (counts.empty()) return absl::OkStatus();
  store::Transition transition;
  for (const auto& [refused, times] : counts) {
    Event event;
    event.type = EventType::kCallsRefused;
    event.actor = refused.actor;
    event.caller = refused.caller;
    event.refusal_reason = refused.reason;
    event.count = times.count;
    event.from = times.from;
    event.at = times.until;
    transition.events.push_back(EncodeEvent(event));
  }
  const store::Outcome outcome = CommitAndWait(store, std::move(transition));
  if (outcome.kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  if (outcome.kind != store::Outcome::Kind::kIndeterminate) {  // else they may be in the journal
    MutexLock lock(mutex_);
    for (const auto& [refused, times] : counts) Add(refused, times);
  }
  return absl::UnavailableError("the store did not take the count of refused calls");
}

}  // namespace envej::journal
