// The pruning of the journal, once all has come to rest: only what is old and mirrored goes, a crash at any place of it
// loses nothing, and what is left of the journal holds.

#include <algorithm>
#include <map>
#include <utility>

#include "broker/cautious_time.h"
#include "broker/journal/event.h"
#include "broker/journal/journal_pruner.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/step_through.h"

namespace envej::simulation {
namespace {

const absl::Duration kKeep = absl::Hours(24 * 245);
constexpr int kSteps = 40;  // under faults
constexpr int kStepsMost = 400;
constexpr uint64_t kMoreBatches = 10;

store::Transition Refusals(absl::Time now) {
  journal::Event event;
  event.type = journal::EventType::kCallsRefused;
  event.caller = "urn:envej:region:1081";
  event.refusal_reason = 1;
  event.count = 1;
  event.actor = ActorOf("1081");
  event.from = event.at = absl::FromUnixMicros(absl::ToUnixMicros(now));
  store::Transition transition;
  transition.events.push_back(journal::EncodeEvent(event));
  return transition;
}

// All that is not the journal's own.
absl::StatusOr<std::map<std::string, std::string>> Notices(store::OrderedStore& store) {
  std::map<std::string, std::string> notices;
  for (const char* const prefix : {"b", "c", "f", "n", "p", "t", "w"}) {
    const absl::StatusOr<store::ScanResult> scan =
        store.Scan({.from = prefix, .to = store::EndOfPrefix(prefix), .entries = 100'000, .bytes = size_t{1} << 30});
    if (!scan.ok()) return scan.status();
    for (const store::KeyValue& entry : scan->entries) notices.emplace(entry.key, entry.value);
  }
  return notices;
}

}  // namespace

void Simulation::FillJournal(uint64_t batches) {
  StepThrough store(store_);
  for (uint64_t batch = 0; batch < batches; ++batch) {
    std::vector<store::Transition> transitions;
    transitions.push_back(Refusals(store_.LastPersistedTime()));
    const bool is_last = batch + 1 == batches;
    store.Commit(std::move(transitions), is_last ? store::Durability::kSynced : store::Durability::kUnsynced,
                 store_.LastPersistedTime(), [](const std::vector<store::Outcome>&) {});
  }
}

void Simulation::Prune() {
  line_.Connect(nullptr);
  inboxes_.reset();
  scheduler_.DropAll();
  for (int checkpoint = 0; checkpoint < 3; ++checkpoint) {
    WriteCheckpoint();
    if (checkpoint < 2 || random_.OneIn(2)) MirrorJournal();
    FillJournal(kMoreBatches);
  }
  FillJournal(store::kJournalKept - kMoreBatches - random_.Below(2 * kMoreBatches));  // too few for the newest
  const absl::Duration kept = kKeep - absl::Hours(1 + static_cast<int64_t>(random_.Below(48)));
  clock_.SetRight();
  clock_.Pass(kept);
  const absl::StatusOr<std::map<std::string, std::string>> before = Notices(medium_->store());
  bool is_left = true;
  CautiousTime time(clock_.clock());
  for (int step = 0; step < kStepsMost && is_left && line_.findings().none(); ++step) {
    if (step == kSteps / 4) clock_.Pass(absl::Hours(60));
    if (step == kSteps / 2) FillJournal(2 * kMoreBatches);
    is_left = PruneOne(time, /*may_fail=*/step < kSteps) || step < kSteps;
    if (random_.OneIn(5)) CheckJournalOf(medium_->store());
    const absl::StatusOr<std::map<std::string, std::string>> after = Notices(medium_->store());
    if (!before.ok() || !after.ok() || *before != *after) line_.findings().Add("pruning changed what is no journal");
  }
  CheckJournalOf(medium_->store());
  if (is_left && line_.findings().none()) line_.findings().Add("the pruning of the journal does not end");
}

// Whether anything was removed, or might have been.
bool Simulation::PruneOne(const CautiousTime& time, bool may_fail) {
  clock_.GoOn();
  if (may_fail && random_.OneIn(6)) clock_.Jump(random_);
  if (may_fail && random_.OneIn(10)) clock_.SetRight();
  if (may_fail && random_.OneIn(6)) clock_.Stop();
  store_.SetClock(clock_.fault());
  store_.Disarm();
  const auto fault = Fault(1 + random_.Below(static_cast<uint64_t>(Fault::kSyncFails)));
  if (may_fail && !random_.OneIn(3) && WhyNever(Row::kPruned, fault).empty()) store_.Arm(Row::kPruned, fault);
  const bool is_armed = store_.armed().has_value();
  const absl::StatusOr<std::optional<uint64_t>> first = journal::OldestBatch(medium_->store());
  StepThrough store(store_);
  journal::JournalPruner pruner(store, {.keep = kKeep, .mirrored_up_to = [this] { return copies_.end(); }});
  const absl::StatusOr<uint64_t> removed = pruner.RemoveOldest(time.Now());
  if (!removed.ok() && !is_armed) line_.findings().Add(absl::StrCat("pruning fails: ", removed.status().message()));
  if (store_.failed()) {
    const absl::Status opened = store_.LosePower(store_.must_lose_power().value_or(Remains::kSome), random_);
    if (!opened.ok()) line_.findings().Add(absl::StrCat("the store does not open: ", opened.message()));
  }
  const absl::StatusOr<std::optional<uint64_t>> oldest = journal::OldestBatch(medium_->store());
  if (!first.ok() || !oldest.ok() || !oldest->has_value()) {
    line_.findings().Add("the journal is gone");
    return false;
  }
  if (removed.ok() && **oldest != **first + *removed) line_.findings().Add("less was pruned than was said");
  if (**oldest != **first) CheckPruned(**oldest - 1, time.Now());
  return !removed.ok() || *removed > 0;
}

void Simulation::CheckPruned(uint64_t last, absl::Time now) {
  coverage_.Count("checkpoints' records pruned");
  const absl::StatusOr<std::optional<store::KeyValue>> entry = journal::FindCheckpoint(medium_->store(), last);
  if (!entry.ok() || !entry->has_value()) return line_.findings().Add("nothing says what was pruned");
  const absl::StatusOr<journal::StoredCheckpoint> stored = journal::DecodeCheckpointEntry(**entry);
  if (!stored.ok() || stored->checkpoint().last_batch != last) {
    return line_.findings().Add("the journal does not begin where a checkpoint ends");
  }
  if (last > copies_.end()) line_.findings().Add("what is in no mirror was pruned");
  if (stored->checkpoint().time >= now - kKeep) line_.findings().Add("pruned too early");
  if (last + store::kJournalKept > medium_->store().LastDurableBatch()) {
    line_.findings().Add("the newest batches were pruned");
  }
}

}  // namespace envej::simulation
