#ifndef ENVEJ_BROKER_UPKEEP_H_
#define ENVEJ_BROKER_UPKEEP_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "broker/cautious_time.h"
#include "broker/clock.h"
#include "broker/journal/journal_pruner.h"
#include "broker/journal/mirror.h"
#include "broker/log.h"
#include "broker/operations/metrics.h"
#include "broker/options/broker_options.h"
#include "broker/store/ordered_store.h"
#include "broker/upkeep/periodic_task.h"
#include "broker/upkeep/storage_watch.h"
#include "broker/upkeep/store_files.h"

namespace envej {

// What the broker does by itself, now and then and slowly, while it serves: removes what is old of the journal, erases
// destroyed content from the disk, verifies what lies there, and watches what is free. Each on a thread of its own.
class Upkeep {
 public:
  // What it works with. All must outlive it.
  struct Parts {
    const options::BrokerOptions& options;
    store::OrderedStore& store;
    upkeep::StoreFiles files;
    std::shared_ptr<journal::Mirror> mirror;  // null: none
    operations::Metrics& metrics;
    const Clock& clock;
    const Log& log;
  };

  // Starts it. What is free is looked at before this returns.
  explicit Upkeep(Parts parts);

  // Whether nothing new is to be taken. Any thread.
  bool storage_nearly_full() const { return storage_.nearly_full(); }

  // Ends it, in the middle of what it does. To be called before the store is stopped.
  void Stop();

 private:
  void TellStorage(const absl::StatusOr<uint64_t>& free_bytes, bool nearly_full, bool changed) const;

  const Parts parts_;
  const CautiousTime time_;
  upkeep::StorageWatch storage_;
  journal::JournalPruner pruner_;
  upkeep::Erasing erasing_;
  std::optional<upkeep::PeriodicTask> pruning_;
  std::optional<upkeep::PeriodicTask> erasing_task_;
  std::optional<upkeep::PeriodicTask> verifying_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_UPKEEP_H_
