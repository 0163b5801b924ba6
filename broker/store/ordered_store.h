#ifndef ENVEJ_BROKER_STORE_ORDERED_STORE_H_
#define ENVEJ_BROKER_STORE_ORDERED_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/receipt.h"

namespace envej::store {

// What must hold of a key for a transition to be carried out: its value equals `value`, or, without one, the key is
// absent.
struct Condition {
  std::string key;
  std::optional<std::string> value;
};

// One change. `kPutWithPosition` writes `value` and behind it the journal position of the transition's first event, as
// `EncodePosition` of key_layout.h encodes it: only the store knows it, and only when the batch is made.
struct Mutation {
  enum class Kind { kPut, kPutWithPosition, kDelete };
  Kind kind = Kind::kPut;
  std::string key;
  std::string value;  // kDelete: none
};

// Batches in a row; none if `last_batch` is 0.
struct BatchRange {
  uint64_t first_batch = 0;
  uint64_t last_batch = 0;
};

// Conditions and changes that succeed or fail together, and fail alone: transitions that share a batch do not
// depend on one another, but each sees the changes of those before it. `events` are journalled with them, in order;
// each is the canonical form of one event and holds no direct identifier. Of several changes to one key the last
// counts. A transition that changes a key of the store's own (key_layout.h) is refused.
struct Transition {
  std::vector<Condition> conditions;
  std::vector<Mutation> mutations;
  std::vector<std::string> events;
  // Journal records to be removed: the oldest there are. At most kPruneBatches (below), and none of the newest
  // kJournalKept; else the transition is refused.
  BatchRange pruned = {};
};

// Whether the answer waits for the disk.
enum class Durability {
  kSynced,    // answered after the sync: survives a loss of power
  kUnsynced,  // answered after the write: survives the process, and reaches the disk with the next sync
};

// What became of a transition.
struct Outcome {
  enum class Kind {
    kCommitted,
    kConditionFailed,  // nothing was changed: read again
    kRefused,          // nothing was changed: too much is waiting, the store is stopping, or it is malformed
    kIndeterminate,    // the write failed: it may or may not have happened. The store answers nothing after it.
  };
  Kind kind = Kind::kRefused;
  // Proof that the transition's first event stands in the journal. Present when committed with events.
  std::optional<contract::InclusionProof> inclusion;
  std::optional<contract::JournalPosition> position;
};

struct KeyValue {
  std::string key;
  std::string value;
};

// Keys in order from `from` (inclusive) to `to` (exclusive), at most `entries` of them and, after the first, at most
// `bytes` of keys and values.
struct ScanRange {
  std::string from;
  std::string to;
  size_t entries = 1000;
  size_t bytes = size_t{1} << 20;
};

struct ScanResult {
  std::vector<KeyValue> entries;
  bool more = false;  // the range holds further keys after the last entry
};

// An ordered key-value store with atomic conditional transitions and a journal: the one storage seam. Everything
// the broker keeps goes through it.
//
// Reads see what is committed, whether synced or not. State, index and journal of one batch are one commit: the
// store adds one journal record a batch (see batch_record.h).
//
// Thread safety: all functions may be called from any thread. Callbacks run on a thread of the store, or, for a commit
// that is turned away at once (too much waits, stopping, failed), on the caller's before Commit returns: so call
// Commit without a lock that the callback takes. Callbacks must not block; they may call the store.
class OrderedStore {
 public:
  using CommitCallback = std::function<void(std::vector<Outcome>)>;

  virtual ~OrderedStore() = default;

  // The value of `key`, or nothing. An error is one of the medium: the store is not to be trusted any more.
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) = 0;

  virtual absl::StatusOr<ScanResult> Scan(const ScanRange& range) = 0;

  // Carries out each transition whose conditions hold, and then calls `done` exactly once with one outcome a
  // transition, in order. `now` is the time that the batch's journal record carries; a batch takes the latest.
  // More than kCommitTransitions transitions (below) are refused.
  virtual void Commit(std::vector<Transition> transitions, Durability durability, absl::Time now,
                      CommitCallback done) = 0;

  // Calls `put` for each key with this prefix that a commit, by this or another broker, has put: a hint to read again,
  // given after the key can be read and, for a commit by this store, before that commit's `done`. Deletions give no
  // hint. `put` must not block and may neither commit nor begin or end a watch. The returned function ends the watch
  // and may outlive the store; no call is running once it has returned, so it must not be called holding a lock that
  // `put` takes.
  virtual std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) = 0;

  // The latest time that a committed batch carries: deadlines never go back behind it.
  virtual absl::Time LastPersistedTime() const = 0;

  // The newest batch that is on the disk, and every one before it with it; 0 if there is none. What is told outside of
  // a later one might come not to have happened.
  virtual uint64_t LastDurableBatch() const = 0;

  // This opening of the store, counted from 1; durable before the store was opened, so that nothing that names it was
  // ever given before.
  virtual uint64_t StartEpoch() const = 0;
};

inline constexpr size_t kCommitTransitions = 1024;
inline constexpr uint64_t kPruneBatches = 4096;
inline constexpr uint64_t kJournalKept = 1000;

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ORDERED_STORE_H_
