#ifndef ENVEJ_BROKER_STORE_BATCH_BUILDER_H_
#define ENVEJ_BROKER_STORE_BATCH_BUILDER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/store/batch_record.h"
#include "broker/store/ordered_store.h"

namespace envej::store {

// One call of OrderedStore::Commit that waits.
struct PendingCommit {
  std::vector<Transition> transitions;
  Durability durability = Durability::kSynced;
  absl::Time now;
  OrderedStore::CommitCallback done;
  absl::Duration began = absl::ZeroDuration();  // by the clock's Elapsed
};

// One outcome of `kind` for each transition.
std::vector<Outcome> SameOutcome(const PendingCommit& commit, Outcome::Kind kind);

// Keys, values and events together, in bytes.
size_t SizeOf(const std::vector<Transition>& transitions);

// What an engine writes in one atomic step.
struct BatchWrite {
  std::string key;
  std::optional<std::string> value;  // nothing: the key is deleted
};

struct Batch {
  // Each key once, in the order of first mention; the journal record and the head come last. Empty if no transition
  // changes anything.
  std::vector<BatchWrite> writes;
  BatchHead head;  // after the batch
  bool synced = false;
  std::vector<std::vector<Outcome>> outcomes;  // those of each commit, true once the writes are made
};

using ReadFunction = std::function<absl::StatusOr<std::optional<std::string>>(absl::string_view key)>;

// Makes one batch of what waits. A transition's conditions are checked against `read` and the transitions before it.
// Keys, values and events are moved out of `commits`. A transition that writes a key of the store's own, or a position
// without having an event, or removes journal records that it may not, is refused. Fails only if `read` does.
absl::StatusOr<Batch> BuildBatch(const ReadFunction& read, const BatchHead& previous, absl::string_view broker,
                                 std::vector<PendingCommit>& commits);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_BATCH_BUILDER_H_
