#include "broker/wire/watch_place.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

// Where a stream goes on whose token an earlier incarnation of the store gave: the journal is the same up to that one's
// last batch that is left. A store that this one never was has told nothing that counts.
uint64_t NextAfterRestore(const WatchToken& given, const std::vector<journal::FormerIncarnation>& former) {
  for (const journal::FormerIncarnation& each : former) {
    if (each.store_incarnation == given.store_incarnation) return std::min(given.next_batch, each.last_batch + 1);
  }
  return 1;
}

}  // namespace

absl::StatusOr<WatchPlace> FindWatchPlace(inbox::Inboxes& inboxes, absl::string_view resume_token, WatchFrom from) {
  const absl::StatusOr<std::string> incarnation = inboxes.StoreIncarnation();
  if (!incarnation.ok()) return incarnation.status();
  WatchPlace place{.token = {.store_incarnation = *incarnation, .next_batch = 1}};
  if (resume_token.empty()) {
    if (from == WatchFrom::kNow) place.token.next_batch = inboxes.NewestBatch() + 1;
    return place;
  }
  const std::optional<WatchToken> given = DecodeWatchToken(resume_token);
  if (!given.has_value()) return contract::Refusal(contract::Reason::kWatchTokenInvalid, "resume_token");
  // A store that was empty when the token was given had no name yet.
  place.begins_anew = !given->store_incarnation.empty() && given->store_incarnation != *incarnation;
  if (!place.begins_anew) {
    place.token.next_batch = given->next_batch;
    return place;
  }
  const absl::StatusOr<std::vector<journal::FormerIncarnation>> former = inboxes.FormerIncarnations();
  if (!former.ok()) return former.status();
  place.token.next_batch = NextAfterRestore(*given, *former);
  return place;
}

}  // namespace envej::wire
