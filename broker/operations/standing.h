#ifndef ENVEJ_BROKER_OPERATIONS_STANDING_H_
#define ENVEJ_BROKER_OPERATIONS_STANDING_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "broker/operations/late_index.h"
#include "broker/store/key_layout.h"
#include "broker/store/ordered_store.h"

namespace envej::operations {

// What is under way in one inbox, counted.
struct StandingInbox {
  // Times in microseconds since 1970, each with how many have it: what comes and goes is taken out again.
  using Times = absl::btree_map<int64_t, uint32_t>;

  uint64_t waiting = 0;  // what is held back counted in
  uint64_t held = 0;     // of what waits
  uint64_t leased = 0;
  uint64_t parked = 0;
  uint64_t missing = 0;
  uint64_t overdue = 0;      // of all these: late in any way
  uint64_t undelivered = 0;  // of all these: told as undelivered
  Times apart;               // when what is under way, and cannot be handed out, came into the inbox
  Times leases;              // when what is leased was first leased
  LateIndex late;            // of all these: overdue, undelivered or both

  // Counts a notice's record in, or out again, if it is under way.
  void Add(const store::NoticeKey& notice, const inbox::Record& record);
  void Remove(const store::NoticeKey& notice, const inbox::Record& record);

  uint64_t under_way() const { return waiting + leased + parked + missing; }
};

// What is under way in all inboxes.
struct Standing {
  std::map<std::string, StandingInbox> inboxes;  // by municipality
  // When something was last leased, as the records say that were read; by municipality.
  std::map<std::string, absl::Time> last_fetches;
  uint64_t under_way = 0;
  uint64_t records_read = 0;
  // Notices under way of which what is stored cannot be read: counted as waiting if they can be handed out. They may be
  // late: they are counted as overdue, and stand among what is late.
  uint64_t unreadable = 0;
};

// Counts what is under way, as of `now`. Every such notice has one key in the index of what is due; those that can be
// handed out have another in the index of what waits. A record is read only where that does not say all: of what cannot
// be handed out (leased, held back, parked or missing), and of what came in long enough ago (kLateFrom) that it could
// have been told as late. So it takes a few seconds a million, and for so long the broker does not serve yet: nothing
// may be committed meanwhile.
//
// Errors are the store's.
absl::StatusOr<Standing> CountStanding(store::OrderedStore& store, absl::Time now);

// No agreement may call anything late sooner than this after it came in.
inline constexpr absl::Duration kLateFrom = absl::Hours(1);

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_STANDING_H_
