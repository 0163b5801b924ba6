#include "broker/upkeep.h"

#include <functional>
#include <utility>

#include "broker/upkeep/journal_pruning.h"

namespace envej {
namespace {

std::function<uint64_t()> MirroredUpTo(const std::shared_ptr<journal::Mirror>& mirror) {
  if (mirror == nullptr) return nullptr;
  return [mirror] { return mirror->mirrored_up_to(); };
}

}  // namespace

Upkeep::Upkeep(const options::BrokerOptions& options, store::OrderedStore& store,
               std::shared_ptr<journal::Mirror> mirror, const Clock& clock, const Log& log)
    : mirror_(std::move(mirror)),
      time_(clock),
      pruner_(store, {.keep = options.journal.keep, .mirrored_up_to = MirroredUpTo(mirror_)}) {
  pruning_.emplace(CautiousTime::kSettle, upkeep::kPruneEvery, clock,
                   [this, &log](upkeep::PeriodicTask& task) { upkeep::PruneJournal(pruner_, time_, task, log); });
}

void Upkeep::Stop() { pruning_->Stop(); }

}  // namespace envej
