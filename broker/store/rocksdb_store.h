#ifndef ENVEJ_BROKER_STORE_ROCKSDB_STORE_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"
#include "broker/store/batch_builder.h"
#include "broker/store/commit_queue.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/mark_writer.h"
#include "broker/store/ordered_store.h"
#include "broker/store/rocksdb_room.h"
#include "broker/store/table_verification.h"
#include "broker/store/watch_list.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace envej::store {

// What was written and synced at once.
struct SyncedBatch {
  size_t transitions = 0;  // that were carried out
  size_t bytes = 0;        // of keys and values in the log
  absl::Duration took;     // to write and sync it, and to mark the one before
};

struct RocksDbStoreOptions {
  // Holds `rocksdb/` and `high-water-mark`; made, with mode 0700, if it is not there. Its parent must be.
  std::string directory;
  // Stands in every position: 1 to 64 bytes.
  std::string broker;

  // What may wait for the committer; a commit beyond it is refused.
  size_t queue_transitions = 16384;
  size_t queue_bytes = size_t{64} << 20;
  // What one batch takes of it. A commit is never divided.
  size_t batch_transitions = 512;
  size_t batch_bytes = kBatchBytes;

  // What must be free on the disk, beside what the log holds, for the store to open.
  size_t opening_bytes = size_t{4} << 20;

  // When nothing came for so long, the newest synced batch is marked by itself.
  absl::Duration quiet = absl::Milliseconds(50);

  // Memory: three write buffers and the cache. On the disk RoomToWork(write_buffer_bytes) must be free to go on.
  size_t write_buffer_bytes = kWriteBufferMost;
  size_t block_cache_bytes = size_t{64} << 20;

  // Called once, on a thread of the store, when a batch could not be made durable (a write, a sync, or a read for its
  // conditions failed): end the process. It must not call the store. Nothing is written after it.
  std::function<void(absl::Status)> fail_stop;

  // Called once, while the store opens, when the end of its log could not be read and was done without: nothing after
  // `batch` was known to be synced, but a batch that was answered in the last moment may have been. `why` is the
  // engine's word.
  std::function<void(uint64_t batch, const std::string& why)> log_end_dropped;

  // Called after each batch that was synced, on the store's thread, before its commits are answered; may be empty. It
  // must return within microseconds.
  std::function<void(const SyncedBatch& batch)> synced;
  // Tells how long things take; needed with `synced`, and outlives the store.
  const Clock* clock = nullptr;

  // The file system, for tests that make it fail; the real one if null. Outlives the store.
  rocksdb::Env* env = nullptr;
};

// The store on RocksDB. One thread gathers what waits, checks and writes it as one batch, syncs once if any of it is
// to be synced, and answers all.
//
// Durability: kSynced is answered OK only after the log's sync and after the high-water mark names the last synced
// batch before it; the newest one is marked beside the next, or by itself when it is `quiet`. So only
// the loss of a batch that was the newest until the end, and no older than that, could go unseen. A start epoch is in
// the store and in the mark, both synced, before Open returns it: none comes twice, whatever becomes of the log. After
// a failed write or sync every commit, those waiting included, is answered kIndeterminate and every read fails.
class RocksDbStore : public OrderedStore {
 public:
  // Opens the store, or makes it where neither store nor mark is. Examines before it touches (rocksdb_examination.h):
  // DATA_LOSS or FAILED_PRECONDITION if something that was answered as durable is gone, with the files as they were.
  // FAILED_PRECONDITION also if a newer program wrote it (kSchemaVersion of key_layout.h).
  // UNAVAILABLE if the medium fails or another process has the store open; INVALID_ARGUMENT for options out of range.
  static absl::StatusOr<std::unique_ptr<RocksDbStore>> Open(const RocksDbStoreOptions& options);

  // As Stop.
  ~RocksDbStore() override;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override;
  absl::StatusOr<ScanResult> Scan(const ScanRange& range) override;
  void Commit(std::vector<Transition> transitions, Durability durability, absl::Time now, CommitCallback done) override;
  std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) override;
  absl::Time LastPersistedTime() const override;
  uint64_t LastDurableBatch() const override;
  uint64_t StartEpoch() const override;

  // For how long the oldest commit has been under way that is not answered yet; zero if there is none, or no clock.
  // Never waits for the disk, so that it can be asked while that hangs.
  absl::Duration OldestCommitAge();

  // Makes content that was destroyed before the call disappear from every file on the disk, slowly (CompactContent of
  // rocksdb_upkeep.h). Does nothing, and costs nothing, if none was since the last time; the first time in a life of
  // the store it cannot know. CANCELLED once `stopping` is true, else an error of the medium: call it again later.
  absl::Status EraseDestroyed(std::atomic<bool>& stopping);
  // Verifies the checksums of all tables (VerifyTables of rocksdb_upkeep.h).
  TableVerification VerifyFiles(const std::function<bool(uint64_t bytes)>& rest);

  // Carries out and answers what waits, syncs it, and writes the final mark. Commits after it are refused; reads go on.
  // Not from a callback. The store's failure, if it has failed; the same if called again.
  absl::Status Stop();

 private:
  RocksDbStore(const RocksDbStoreOptions& options, std::unique_ptr<rocksdb::DB> engine, BatchHead head, uint64_t epoch,
               std::unique_ptr<HighWaterMarkFile> mark);

  void RunCommitter();
  void RunBatch(std::vector<PendingCommit> commits);
  absl::Status Write(const Batch& batch);
  absl::Status WriteTimed(const Batch& batch);
  absl::Status SyncAndMarkTheEnd();
  absl::Status Mark(const HighWaterMark& last);
  void Fail(absl::Status status);
  absl::Status Failure() const;

  const std::string broker_;
  const std::function<void(absl::Status)> fail_stop_;
  const std::function<void(const SyncedBatch& batch)> told_synced_;  // null without a clock
  const Clock* const clock_;
  const absl::Duration quiet_;
  const std::unique_ptr<rocksdb::DB> engine_;
  std::atomic<uint64_t> destroyed_{1};  // contents that were deleted; 1 for what was before
  std::atomic<uint64_t> erased_{0};     // so many of them are on the disk no more
  const uint64_t epoch_;

  CommitQueue queue_;
  WatchList watches_;
  std::atomic<int64_t> last_persisted_micros_;
  std::atomic<uint64_t> last_durable_batch_;

  std::atomic<bool> failed_{false};
  mutable Mutex failure_mutex_;
  absl::Status failure_ ENVEJ_GUARDED_BY(failure_mutex_);

  // The committer's own.
  BatchHead head_;
  HighWaterMark synced_;  // the last batch known to be on the disk
  HighWaterMark marked_;  // what the mark's file names
  MarkWriter mark_writer_;

  Mutex stop_mutex_;
  bool stopped_ ENVEJ_GUARDED_BY(stop_mutex_) = false;
  std::thread committer_;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_STORE_H_
