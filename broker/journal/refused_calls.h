#ifndef ENVEJ_BROKER_JOURNAL_REFUSED_CALLS_H_
#define ENVEJ_BROKER_JOURNAL_REFUSED_CALLS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/journal/event.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// Whom a call, or an item of one, was refused, and why.
struct Refused {
  std::string caller;   // its URI; empty if it is not known who it is
  std::string actor;    // fingerprint of its certificate; empty, as is `caller`, of those who are counted as one
  uint32_t reason = 0;  // number of envej.v1.RejectionReason

  auto operator<=>(const Refused&) const = default;
};

// Counts what was refused by caller and reason, never by what it was about, for the journal (EventType::kCallsRefused).
//
// Bounded: between two writings at most kApart of them are counted apart. What comes beyond is counted together, under
// no caller and reason 0. Counts are kept until they are written; those since the last writing are lost if the process
// dies.
//
// Thread safety: any thread.
class RefusedCalls {
 public:
  static constexpr size_t kApart = 1024;

  // `now` tells the time of what is counted.
  explicit RefusedCalls(std::function<absl::Time()> now) : now_(std::move(now)) {}

  void Count(const Refused& refused);

  // Writes what was counted to the journal, as one transition, and begins anew; nothing if there is nothing. Waits for
  // the store: not for a thread of the store's. UNAVAILABLE if the store does not take it: the counts are then kept,
  // unless the store failed as a whole.
  absl::Status WriteTo(store::OrderedStore& store);

 private:
  struct Times {
    uint64_t count = 0;
    absl::Time from = absl::InfiniteFuture();
    absl::Time until = absl::InfinitePast();
  };
  using Counts = std::map<Refused, Times>;

  void Add(const Refused& refused, const Times& times) ENVEJ_REQUIRES(mutex_);

  const std::function<absl::Time()> now_;
  Mutex mutex_;
  Counts counts_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_REFUSED_CALLS_H_
