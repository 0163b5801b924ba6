#ifndef ENVEJ_BROKER_JOURNAL_CHANGES_H_
#define ENVEJ_BROKER_JOURNAL_CHANGES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// What was read of a journal, in its order.
struct Changes {
  std::vector<Event> events;
  std::vector<uint64_t> batches;  // in which each of them stands
  uint64_t next_batch = 1;        // where to read on
  bool more = false;              // there is more to be read at once
  bool begins_later = false;      // the batch that was asked for is no longer there: these are of later ones
};

// What happened to the notices of these regions in `from_batch` and after it, and is on the disk: what is told of it
// stays so. Reads at most kChangesBatches batches, and none after one with which there are kChangesMost events, so that
// there may be none here and more to come. DATA_LOSS if the journal cannot be read there; else an error of the store's.
// Any thread.
absl::StatusOr<Changes> ReadChanges(store::OrderedStore& store, const std::set<std::string>& region_codes,
                                    uint64_t from_batch);

// Whether an event is read.
using EventFilter = std::function<bool(const Event& event)>;
// That of regions: what happens to their notices, and is news to them.
EventFilter OfRegions(std::set<std::string> region_codes);
// The same of whatever the filter takes.
absl::StatusOr<Changes> ReadEvents(store::OrderedStore& store, const EventFilter& takes, uint64_t from_batch);

inline constexpr size_t kChangesBatches = 256;
inline constexpr size_t kChangesMost = 500;

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHANGES_H_
