#ifndef ENVEJ_BROKER_OPERATIONS_TODAY_H_
#define ENVEJ_BROKER_OPERATIONS_TODAY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/scheduler.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"

namespace envej::operations {

// What happened on one day in one inbox.
struct DayCounts {
  uint64_t accepted = 0;  // notices, revisions and withdrawals
  uint64_t acknowledged = 0;
  uint64_t returned = 0;
  uint64_t withdrawn = 0;

  void Count(journal::EventType type);
  DayCounts& operator+=(const DayCounts& other);
  bool operator==(const DayCounts&) const = default;
};

// What the journal has of one inbox, from a moment on.
struct JournalledInbox {
  DayCounts counts;
  absl::Time last_fetch_at = absl::InfinitePast();  // when something was last leased; InfinitePast if nothing was
};

// Reads what the journal of this day has from before the broker started, so that a restart loses no count, and when
// something was last leased: the batches up to one of them, from the first that is of the day, or of the time from
// which leases are asked for. In steps of at most kStepBatches batches and kStepBytes bytes,
// so that the thread of the scheduler is kept for some milliseconds only.
//
// Thread safety: Start once; the rest is the scheduler's.
class TodayReader {
 public:
  static constexpr size_t kStepBatches = 32;
  static constexpr size_t kStepBytes = size_t{256} << 10;
  static constexpr absl::Duration kBetweenSteps = absl::Milliseconds(5);

  struct Options {
    absl::Time from;                                   // the beginning of the day
    absl::Time fetches_from = absl::InfiniteFuture();  // leases are read from then on, if that is before the day
    uint64_t last_batch = 0;                           // the newest batch before anything of this run
    // Called once, when all that can be read is, on the scheduler's thread: what there is by municipality, and, unless
    // it is all, why not.
    std::function<void(const std::map<std::string, JournalledInbox>& inboxes, const absl::Status& whole)> read;
  };

  // The store and the scheduler must outlive it, and it the scheduler's tasks.
  TodayReader(store::OrderedStore& store, inbox::Scheduler& scheduler, Options options);

  void Start();

 private:
  void Begin();
  // The first batch that is to be read, by their times; behind the last if none is. Some thirty of them are read.
  absl::StatusOr<uint64_t> FindFirst();
  void Step();
  void Count(const std::string& event);
  void End(const absl::Status& status);

  store::OrderedStore& store_;
  inbox::Scheduler& scheduler_;
  const Options options_;
  const absl::Time read_from_;
  uint64_t next_ = 1;
  absl::Status unreadable_;  // why something was passed over
  std::map<std::string, JournalledInbox> inboxes_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_TODAY_H_
