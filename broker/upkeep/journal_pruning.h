#ifndef ENVEJ_BROKER_UPKEEP_JOURNAL_PRUNING_H_
#define ENVEJ_BROKER_UPKEEP_JOURNAL_PRUNING_H_

#include "broker/cautious_time.h"
#include "broker/journal/journal_pruner.h"
#include "broker/log.h"
#include "broker/upkeep/periodic_task.h"

namespace envej::upkeep {

// One round: removes all that is old of a journal, a checkpoint at a time, and rests after each; says in the log what
// was removed, or why it was not.
void PruneJournal(journal::JournalPruner& pruner, const CautiousTime& time, PeriodicTask& task, const Log& log);

inline constexpr absl::Duration kPruneEvery = absl::Hours(1);
inline constexpr absl::Duration kPruneRest = absl::Seconds(1);

}  // namespace envej::upkeep

#endif  // ENVEJ_BROKER_UPKEEP_JOURNAL_PRUNING_H_
