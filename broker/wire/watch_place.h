#ifndef ENVEJ_BROKER_WIRE_WATCH_PLACE_H_
#define ENVEJ_BROKER_WIRE_WATCH_PLACE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/inbox/inboxes.h"
#include "broker/wire/watch_token.h"

namespace envej::wire {

// Where a stream of what the journal records begins without a token.
enum class WatchFrom { kOldest, kNow };

// Where a stream goes on.
struct WatchPlace {
  WatchToken token;
  bool begins_anew = false;  // what was to be told there may have been told before, or be missed
};

// The place that a token names, also where an earlier incarnation of the store gave it; without one, the place `from`.
// Refused: WATCH_TOKEN_INVALID. Any thread.
absl::StatusOr<WatchPlace> FindWatchPlace(inbox::Inboxes& inboxes, absl::string_view resume_token, WatchFrom from);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_WATCH_PLACE_H_
