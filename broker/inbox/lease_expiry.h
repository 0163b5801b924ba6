#ifndef ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_
#define ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// Puts notices back into their inboxes when their leases have run out, within kInterval of it. Looks only at
// leases that have run out since it last looked.
class LeaseExpiry {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  static constexpr size_t kBatch = 500;

  LeaseExpiry(store::OrderedStore& store, Operations& operations, Scheduler& scheduler,
              std::function<absl::Time()> now);
  ~LeaseExpiry();

  // Looks now, and again every kInterval.
  void Start();

 private:
  void Look();
  void OnPut(absl::string_view leased_key);

  store::OrderedStore& store_;
  Operations& operations_;
  Scheduler& scheduler_;
  const std::function<absl::Time()> now_;
  Mutex mutex_;
  std::string from_ ENVEJ_GUARDED_BY(mutex_);  // no lease has a key before it
  std::string hint_ ENVEJ_GUARDED_BY(mutex_);  // the earliest key put since a look began; empty if none
  std::function<void()> end_watch_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_LEASE_EXPIRY_H_
