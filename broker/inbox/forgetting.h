#ifndef ENVEJ_BROKER_INBOX_FORGETTING_H_
#define ENVEJ_BROKER_INBOX_FORGETTING_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/cautious_time.h"
#include "broker/clock.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/scheduler.h"
#include "broker/inbox/unreadable_reports.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// Forgets notices for which the time is over (kRemembered of transition.h): their record is deleted, and the journal
// says so. It has an index and a pace of its own, kMost in kInterval, so that however many are to be forgotten at once,
// as after a long stop, nothing else waits for them; what the store does not take, because it is busy, is tried again.
//
// A clock that is ahead forgets nothing (CautiousTime), unless it was ahead at the start and for kSettle after it. Then
// nothing is doubled all the same: what was made before the newest forgotten notice was
// accepted is not taken as new (Circumstances::forgotten_until), and that is on the disk with the forgetting.
//
// A notice that cannot be read stays, is told of, and is looked at again after kLookAgain.
class Forgetting {
 public:
  static constexpr absl::Duration kInterval = absl::Seconds(1);
  static constexpr size_t kMost = 100;
  static constexpr absl::Duration kSettle = CautiousTime::kSettle;
  static constexpr absl::Duration kLookAgain = absl::Hours(1);

  // All must outlive it. `now` is the time of the inboxes, for what is journalled.
  Forgetting(store::OrderedStore& store, Operations& operations, Scheduler& scheduler, const Clock& clock,
             std::function<absl::Time()> now, UnreadableReports& reports);

  // Looks kSettle from now, and then every kInterval. Call once.
  void Start();

 private:
  void Look();
  void Settle(const std::vector<std::string>& keys, const std::vector<Operation>& operations,
              const std::vector<Result>& results);

  store::OrderedStore& store_;
  Operations& operations_;
  Scheduler& scheduler_;
  const Clock& clock_;
  const std::function<absl::Time()> now_;
  UnreadableReports& reports_;
  const CautiousTime cautious_;
  // One look at a time.
  std::string from_;              // nothing to be forgotten has a key before it, but what could not be read
  absl::Duration began_anew_at_;  // when it was the first key of all
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_FORGETTING_H_
