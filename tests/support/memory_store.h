#ifndef ENVEJ_TESTS_SUPPORT_MEMORY_STORE_H_
#define ENVEJ_TESTS_SUPPORT_MEMORY_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/store/batch_builder.h"
#include "broker/store/batch_record.h"
#include "broker/store/ordered_store.h"
#include "broker/store/watch_list.h"

namespace envej::store {

// When a commit is carried out.
enum class MemoryStoreMode {
  kImmediate,  // before Commit returns (a commit made by a callback: after that callback)
  kStepped,    // when Step says so
};

// A store in memory that forgets what was not synced: the fake of every test that needs no disk. Deterministic; made
// of the same batches as the real engines.
//
// Thread safety: none; callbacks run inside Commit or Step.
class MemoryStore : public OrderedStore {
 public:
  explicit MemoryStore(MemoryStoreMode mode = MemoryStoreMode::kImmediate, absl::string_view broker = "broker-1");

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override;
  absl::StatusOr<ScanResult> Scan(const ScanRange& range) override;
  void Commit(std::vector<Transition> transitions, Durability durability, absl::Time now, CommitCallback done) override;
  std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) override;
  absl::Time LastPersistedTime() const override;
  uint64_t LastDurableBatch() const override;
  uint64_t StartEpoch() const override;

  // Carries out one batch of up to `commits` waiting commits and answers them. False if none waits.
  bool Step(size_t commits = 64);

  // Changes what is stored as damage would: past the journal and every rule, and nobody is told. Nothing for what is
  // lost.
  void Damage(const std::string& key, const std::optional<std::string>& value);

  size_t waiting() const { return queue_.size(); }
  // How many batches were written since the last sync.
  size_t unsynced() const { return unsynced_.size(); }

  // Loses power and opens again: what waits is dropped without an answer, watches end, the start epoch grows, and of
  // the batches since the last synced one only the first `unsynced_kept` are left.
  void Crash(size_t unsynced_kept = 0);

  // Loses all that it holds and opens again with these entries, which have a head and the start epoch of the opening
  // before.
  absl::Status Become(std::map<std::string, std::string> entries);

  // Where the next batch fails. Its commits are answered kIndeterminate, and so is everything after it, and reads fail,
  // until Crash.
  enum class BatchFault {
    kRead,    // reading for its conditions: nothing of it is written
    kWrite,   // nothing of it is written
    kSync,    // written and not synced: Crash says whether it is kept
    kAnswer,  // on the disk: it is found to have happened
  };
  void FailNextBatch(BatchFault fault) { fault_ = fault; }
  void FailNextBatch(bool applied) { FailNextBatch(applied ? BatchFault::kAnswer : BatchFault::kWrite); }

 private:
  struct Change {
    std::string key;
    std::optional<std::string> before;
  };
  struct Unsynced {
    std::vector<Change> changes;
    BatchHead head_before;
  };
  void RunBatch(std::vector<PendingCommit> commits);
  void Apply(const Batch& batch);
  absl::Status Health() const;

  const MemoryStoreMode mode_;
  const std::string broker_;
  std::map<std::string, std::string, std::less<>> state_;
  BatchHead head_;
  std::vector<Unsynced> unsynced_;  // newest last
  std::deque<PendingCommit> queue_;
  WatchList watches_;
  uint64_t epoch_ = 1;
  std::optional<BatchFault> fault_;  // of the next batch
  bool failed_ = false;
  bool running_ = false;
};

}  // namespace envej::store

#endif  // ENVEJ_TESTS_SUPPORT_MEMORY_STORE_H_
