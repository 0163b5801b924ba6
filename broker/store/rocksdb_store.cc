#include "broker/store/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/rocksdb_opening.h"
#include "broker/store/rocksdb_upkeep.h"

namespace envej::store {
namespace {

constexpr size_t kBrokerNameMost = 64;
// What a write batch adds to each key and value: a tag and two lengths.
constexpr size_t kWriteOverhead = 12;

absl::Status CheckOptions(const RocksDbStoreOptions& options) {
  if (options.directory.empty()) return absl::InvalidArgumentError("the store's directory is not named");
  if (options.broker.empty() || options.broker.size() > kBrokerNameMost) {
    return absl::InvalidArgumentError("the broker's name must have 1 to 64 bytes");
  }
  const bool bounded = options.queue_transitions > 0 && options.queue_bytes > 0 && options.batch_transitions > 0 &&
                       options.batch_bytes > 0 && options.write_buffer_bytes > 0;
  if (!bounded) return absl::InvalidArgumentError("the store's bounds must be greater than zero");
  return absl::OkStatus();
}

size_t LogBytes(const Batch& batch) {
  size_t bytes = kWriteOverhead;
  for (const BatchWrite& write : batch.writes) {
    bytes += kWriteOverhead + write.key.size() + (write.value ? write.value->size() : 0);
  }
  return bytes;
}

uint64_t CountDestroyed(const Batch& batch) {
  const std::string content = ContentPrefix();
  return static_cast<uint64_t>(std::count_if(batch.writes.begin(), batch.writes.end(), [&](const BatchWrite& write) {
    return !write.value.has_value() && write.key[0] == content[0];
  }));
}

size_t CountCommitted(const Batch& batch) {
  size_t committed = 0;
  for (const std::vector<Outcome>& outcomes : batch.outcomes) {
    for (const Outcome& outcome : outcomes) committed += outcome.kind == Outcome::Kind::kCommitted ? 1 : 0;
  }
  return committed;
}

// RocksDB inserts neighbours more quickly one after another; each key is there once, so order means nothing.
std::vector<const BatchWrite*> SortedByKey(const std::vector<BatchWrite>& writes) {
  std::vector<const BatchWrite*> sorted;
  sorted.reserve(writes.size());
  for (const BatchWrite& write : writes) sorted.push_back(&write);
  std::sort(sorted.begin(), sorted.end(),
            [](const BatchWrite* left, const BatchWrite* right) { return left->key < right->key; });
  return sorted;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(const RocksDbStoreOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  absl::StatusOr<OpenedEngine> opened = OpenEngine(options);
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(options, std::move(opened->engine), std::move(opened->head),
                                                        opened->epoch, std::move(opened->mark)));
}

RocksDbStore::RocksDbStore(const RocksDbStoreOptions& options, std::unique_ptr<rocksdb::DB> engine, BatchHead head,
                           uint64_t epoch, std::unique_ptr<HighWaterMarkFile> mark)
    : broker_(options.broker),
      fail_stop_(options.fail_stop),
      told_synced_(options.clock == nullptr ? nullptr : options.synced),
      clock_(options.clock),
      quiet_(options.quiet),
      engine_(std::move(engine)),
      epoch_(epoch),
      queue_({.queue_transitions = options.queue_transitions,
              .queue_bytes = options.queue_bytes,
              .batch_transitions = options.batch_transitions,
              .batch_bytes = options.batch_bytes}),
      last_persisted_micros_(absl::ToUnixMicros(head.time)),
      last_durable_batch_(head.batch),
      head_(std::move(head)),
      synced_(MarkOf(head_, epoch_)),
      marked_(synced_),
      mark_writer_(std::move(mark)),
      committer_([this] { RunCommitter(); }) {}

RocksDbStore::~RocksDbStore() { Stop().IgnoreError(); }

absl::StatusOr<std::optional<std::string>> RocksDbStore::Get(absl::string_view key) {
  if (failed_) return Failure();
  return ReadKey(*engine_, key);
}

absl::StatusOr<ScanResult> RocksDbStore::Scan(const ScanRange& range) {
  if (failed_) return Failure();
  return ScanEngine(*engine_, range, /*fill_cache=*/true);
}

void RocksDbStore::Commit(std::vector<Transition> transitions, Durability durability, absl::Time now,
                          CommitCallback done) {
  PendingCommit commit{.transitions = std::move(transitions),
                       .durability = durability,
                       .now = now,
                       .done = std::move(done),
                       .began = clock_ == nullptr ? absl::ZeroDuration() : clock_->Elapsed()};
  if (failed_) return commit.done(SameOutcome(commit, Outcome::Kind::kIndeterminate));
  if (commit.transitions.size() > kCommitTransitions || !queue_.Push(commit)) {
    commit.done(SameOutcome(commit, Outcome::Kind::kRefused));
  }
}

std::function<void()> RocksDbStore::Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) {
  return watches_.Add(prefix, std::move(put));
}

absl::Time RocksDbStore::LastPersistedTime() const { return absl::FromUnixMicros(last_persisted_micros_); }
uint64_t RocksDbStore::LastDurableBatch() const { return last_durable_batch_; }
uint64_t RocksDbStore::StartEpoch() const { return epoch_; }

absl::Duration RocksDbStore::OldestCommitAge() {
  const std::optional<absl::Duration> began = queue_.OldestBegan();
  return began.has_value() && clock_ != nullptr ? clock_->Elapsed() - *began : absl::ZeroDuration();
}

absl::Status RocksDbStore::EraseDestroyed(std::atomic<bool>& stopping) {
  const uint64_t destroyed = destroyed_;
  if (failed_ || erased_ == destroyed) return Failure();
  absl::Status status = CompactContent(*engine_, stopping);
  if (status.ok()) erased_ = destroyed;
  return status;
}

TableVerification RocksDbStore::VerifyFiles(const std::function<bool(uint64_t bytes)>& rest) {
  return VerifyTables(*engine_, rest);
}

absl::Status RocksDbStore::Stop() {
  MutexLock lock(stop_mutex_);
  if (!stopped_) {
    stopped_ = true;
    queue_.Close();
    committer_.join();
    if (!failed_) {
      if (absl::Status status = SyncAndMarkTheEnd(); !status.ok()) Fail(std::move(status));
    }
  }
  return Failure();
}

void RocksDbStore::RunCommitter() {
  while (true) {
    const bool unmarked = !failed_ && marked_ != synced_;
    std::vector<PendingCommit> commits = queue_.Gather(unmarked ? quiet_ : absl::InfiniteDuration());
    if (!commits.empty()) {
      RunBatch(std::move(commits));
    } else if (queue_.IsOver()) {
      return;
    } else if (absl::Status status = Mark(synced_); !status.ok()) {
      Fail(std::move(status));
    }
  }
}

void RocksDbStore::RunBatch(std::vector<PendingCommit> commits) {
  if (!failed_) {
    absl::StatusOr<Batch> batch =
        BuildBatch([this](absl::string_view key) { return ReadKey(*engine_, key); }, head_, broker_, commits);
    absl::Status status = batch.ok() ? WriteTimed(*batch) : batch.status();
    if (status.ok()) {
      head_ = std::move(batch->head);
      last_persisted_micros_ = absl::ToUnixMicros(head_.time);
      watches_.Notify(batch->writes);
      for (size_t index = 0; index < commits.size(); ++index) commits[index].done(std::move(batch->outcomes[index]));
      return;
    }
    Fail(std::move(status));
  }
  for (PendingCommit& commit : commits) commit.done(SameOutcome(commit, Outcome::Kind::kIndeterminate));
}

absl::Status RocksDbStore::WriteTimed(const Batch& batch) {
  if (!told_synced_ || !batch.synced || batch.writes.empty()) return Write(batch);
  const absl::Duration began = clock_->Elapsed();
  const absl::Status status = Write(batch);
  if (status.ok()) {
    told_synced_({.transitions = CountCommitted(batch), .bytes = LogBytes(batch), .took = clock_->Elapsed() - began});
  }
  return status;
}

absl::Status RocksDbStore::Write(const Batch& batch) {
  if (batch.writes.empty()) return absl::OkStatus();
  rocksdb::WriteBatch writes(LogBytes(batch), 0, kProtectionBytes, 0);
  for (const BatchWrite* write : SortedByKey(batch.writes)) {
    const rocksdb::Status status = write->value ? writes.Put(write->key, *write->value) : writes.Delete(write->key);
    if (!status.ok()) return FromEngine(status, "cannot make a batch");
  }
  const bool mark_due = batch.synced && marked_ != synced_;
  if (mark_due) mark_writer_.Begin(synced_);
  rocksdb::WriteOptions options;
  options.sync = batch.synced;
  options.protection_bytes_per_key = kProtectionBytes;
  absl::Status status = FromEngine(engine_->Write(options, &writes), "cannot write the store");
  if (mark_due) {
    status.Update(mark_writer_.Wait());
    marked_ = synced_;
  }
  if (status.ok()) destroyed_ += CountDestroyed(batch);
  if (status.ok() && batch.synced) {
    synced_ = MarkOf(batch.head, epoch_);
    last_durable_batch_ = synced_.batch;
  }
  return status;
}

absl::Status RocksDbStore::SyncAndMarkTheEnd() {
  if (absl::Status status = FromEngine(engine_->SyncWAL(), "cannot sync the store"); !status.ok()) return status;
  HighWaterMark end = MarkOf(head_, epoch_);
  end.is_end = true;
  return Mark(end);
}

absl::Status RocksDbStore::Mark(const HighWaterMark& last) {
  if (marked_ == last) return absl::OkStatus();
  mark_writer_.Begin(last);
  absl::Status status = mark_writer_.Wait();
  if (status.ok()) marked_ = last;
  return status;
}

void RocksDbStore::Fail(absl::Status status) {
  {
    MutexLock lock(failure_mutex_);
    failure_ = status;
  }
  failed_ = true;
  if (fail_stop_) fail_stop_(std::move(status));
}

absl::Status RocksDbStore::Failure() const {
  MutexLock lock(failure_mutex_);
  return failure_;
}

}  // namespace envej::store
