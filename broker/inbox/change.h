#ifndef ENVEJ_BROKER_INBOX_CHANGE_H_
#define ENVEJ_BROKER_INBOX_CHANGE_H_

#include <functional>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "broker/inbox/decision.h"
#include "broker/inbox/record.h"
#include "broker/store/key_layout.h"

namespace envej::inbox {

// What was committed of one notice. Valid during the call that tells of it.
struct Change {
  const store::NoticeKey& notice;
  const Record* before;                   // null: it was never seen
  const Record* after;                    // null: it is forgotten
  absl::Span<const Decision::Told> told;  // what was journalled, in order
  absl::Time at;
};

// Told of each change once, in the order in which they were committed, on a thread of the store's: it must return
// within microseconds and may not call the store. What is told was written, and need not be synced.
using Changed = std::function<void(const Change& change)>;

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_CHANGE_H_
