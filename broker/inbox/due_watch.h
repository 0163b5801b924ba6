#ifndef ENVEJ_BROKER_INBOX_DUE_WATCH_H_
#define ENVEJ_BROKER_INBOX_DUE_WATCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/passed_over.h"
#include "broker/inbox/scheduler.h"
#include "broker/inbox/unreadable_reports.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// Something that operations, or a notice's region, should know of: it is overdue, parked, undelivered or destroyed.
struct LateItem {
  store::ItemKey item;
  Decision::Told told;
};
// On a thread of the store's; must not block.
using LateReport = std::function<void(const LateItem& late)>;

// Lets time pass for what it is due for, within kInterval: leases run out, what was held back waits again, what is late
// is told (time_transitions.cc). Looks only at what has become due since it last looked. A notice that cannot be read
// stays as it is, is told of, keeps no other from its turn, and is looked at again after PassedOver::kLookAgain.
class DueWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  static constexpr size_t kBatch = 500;

  DueWatch(store::OrderedStore& store, Operations& operations, Scheduler& scheduler, std::function<absl::Time()> now,
           UnreadableReports& reports, LateReport late = nullptr);
  ~DueWatch();

  // Looks now, and again every kInterval.
  void Start();

 private:
  // What is due, in the order of its keys.
  struct Found {
    std::vector<std::string> keys;
    std::vector<Operation> operations;  // one each
    std::string next;                   // where to go on once they are done
    bool more = false;                  // there are more before that
  };

  void Look();
  Found Find(const std::string& from, absl::Time now);
  void Settle(const Found& found, const std::vector<Result>& results);
  void Tell(const Operation& operation, const Result& result) const;
  void PassOver(const std::string& due_key, const absl::Status& why);
  void OnPut(absl::string_view due_key);

  store::OrderedStore& store_;
  Operations& operations_;
  Scheduler& scheduler_;
  const std::function<absl::Time()> now_;
  UnreadableReports& reports_;
  const LateReport late_;
  Mutex mutex_;
  std::string from_ ENVEJ_GUARDED_BY(mutex_);  // nothing due has a key before it, but what was passed over
  std::string hint_ ENVEJ_GUARDED_BY(mutex_);  // the earliest key put since a look began; empty if none
  PassedOver passed_over_ ENVEJ_GUARDED_BY(mutex_);
  std::function<void()> end_watch_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_DUE_WATCH_H_
