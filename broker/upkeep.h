#ifndef ENVEJ_BROKER_UPKEEP_H_
#define ENVEJ_BROKER_UPKEEP_H_

#include <memory>
#include <optional>

#include "broker/cautious_time.h"
#include "broker/clock.h"
#include "broker/journal/journal_pruner.h"
#include "broker/journal/mirror.h"
#include "broker/log.h"
#include "broker/options/broker_options.h"
#include "broker/store/ordered_store.h"
#include "broker/upkeep/periodic_task.h"

namespace envej {

// What the broker does by itself, now and then and slowly, while it serves: removes what is old of the journal.
class Upkeep {
 public:
  // Starts it. All must outlive it; `mirror` may be null.
  Upkeep(const options::BrokerOptions& options, store::OrderedStore& store, std::shared_ptr<journal::Mirror> mirror,
         const Clock& clock, const Log& log);

  // Ends it, in the middle of what it does. To be called before the store is stopped.
  void Stop();

 private:
  const std::shared_ptr<journal::Mirror> mirror_;
  const CautiousTime time_;
  journal::JournalPruner pruner_;
  std::optional<upkeep::PeriodicTask> pruning_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_UPKEEP_H_
