#include "broker/upkeep/journal_pruning.h"

#include <cstdint>

namespace envej::upkeep {

void PruneJournal(journal::JournalPruner& pruner, const CautiousTime& time, PeriodicTask& task, const Log& log) {
  uint64_t records = 0;
  do {
    const absl::StatusOr<uint64_t> removed = pruner.RemoveOldest(time.Now());
    if (!removed.ok()) {
      log.Error("journal_not_pruned",
                {{"error", removed.status().ToString()},
                 {"next", "old records stay; run envej-broker journal verify; it is tried again"}});
      break;
    }
    if (*removed == 0) break;
    records += *removed;
  } while (task.Rest(kPruneRest));
  if (records > 0) log.Info("journal_pruned", {{"records", static_cast<int64_t>(records)}});
}

}  // namespace envej::upkeep
