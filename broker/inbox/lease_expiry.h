#ifndef ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_
#define ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_

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

// Puts notices back into their inboxes when their leases have run out, within kInterval of it. Looks only at leases
// that have run out since it last looked. One whose notice cannot be read stays as it is, is told of, keeps no other
// from being put back, and is looked at again after PassedOver::kLookAgain.
class LeaseExpiry {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  static constexpr size_t kBatch = 500;

  LeaseExpiry(store::OrderedStore& store, Operations& operations, Scheduler& scheduler, std::function<absl::Time()> now,
              UnreadableReports& reports);
  ~LeaseExpiry();

  // Looks now, and again every kInterval.
  void Start();

 private:
  // Leases that have run out, in the order of their keys.
  struct Found {
    std::vector<std::string> keys;
    std::vector<Operation> operations;  // one each
    std::string next;                   // where to go on once they are put back
    bool more = false;                  // there are more before that
  };

  void Look();
  Found Find(const std::string& from, absl::Time now);
  void PutBack(const Found& found, const std::vector<Result>& results);
  void PassOver(const std::string& leased_key, const absl::Status& why);
  void OnPut(absl::string_view leased_key);

  store::OrderedStore& store_;
  Operations& operations_;
  Scheduler& scheduler_;
  const std::function<absl::Time()> now_;
  UnreadableReports& reports_;
  Mutex mutex_;
  std::string from_ ENVEJ_GUARDED_BY(mutex_);  // no lease has a key before it, but those passed over
  std::string hint_ ENVEJ_GUARDED_BY(mutex_);  // the earliest key put since a look began; empty if none
  PassedOver passed_over_ ENVEJ_GUARDED_BY(mutex_);
  std::function<void()> end_watch_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_
