#ifndef ENVEJ_BROKER_INBOX_REPLAY_H_
#define ENVEJ_BROKER_INBOX_REPLAY_H_

#include <optional>

#include "absl/time/time.h"
#include "broker/inbox/record.h"
#include "broker/journal/event.h"
#include "proto/contract/receipt.h"

namespace envej::inbox {

// What became of a notice to which an event happened that stands in the journal, but of which nothing else is left.
struct Replayed {
  // The record after it; nothing if the event does not fit what is known of the notice.
  std::optional<Record> next;
  // Whether the content of the item as it was before, if there is any, is to be destroyed.
  bool destroy_content = false;
};

// Does to a notice's record (nothing: never seen) what the transition function did when the event was journalled at
// `position`, as far as the journal tells. What ended there ends here: acknowledged, returned, withdrawn, undelivered.
// What was accepted has lost its content and is missing: its day of discharge and its day's end are not known either.
// Leases have no expiry and holds are over; call OutliveStore when all is replayed. `due_at` is left for the caller to
// set. Pure. `was_restored`: the store in which it happened was restored itself, so that what was new to it may be
// held.
Replayed Replay(const std::optional<Record>& before, const journal::Event& event,
                const contract::JournalPosition& position, bool was_restored);

// What the end of the store means for what was in it: its lease is over, without counting as a failure, and somebody
// may have been given it in a moment that no journal tells of. A return that was proposed is to be proposed anew: the
// journal has no operator's name.
void OutliveStore(Record& record);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_REPLAY_H_
