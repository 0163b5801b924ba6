#include "broker/store/rocksdb_examination.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"

namespace envej::store {
namespace {

absl::Status Lost(absl::string_view what) { return absl::DataLossError(absl::StrCat(what, kRecoveryAdvice)); }

absl::Status NotThisStore(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(what, kRecoveryAdvice));
}

// Only what was lost is recovered by a copy: not a fault of the medium, nor a store of a newer program.
absl::Status WithRecovery(const absl::Status& status, absl::string_view more = "") {
  if (!absl::IsDataLoss(status)) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(), more, kRecoveryAdvice));
}

std::string WhatWasDurable(const HighWaterMark& mark) {
  if (mark.batch > 0) return absl::StrCat("batch ", mark.batch, " was answered as durable");
  if (mark.epoch > 0) return absl::StrCat("opening ", mark.epoch, " was durable");
  return "its making was durable";
}

absl::StatusOr<bool> HoldsFiles(const std::string& directory) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(directory, error);
  if (!error && !is_there) return false;
  if (!error && !std::filesystem::is_directory(directory, error)) {
    return absl::FailedPreconditionError(absl::StrCat(directory, " is not a folder"));
  }
  const bool is_empty = !error && std::filesystem::is_empty(directory, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", directory, ": ", error.message()));
  return !is_empty;
}

// RocksDB's own lock, held while its files are looked at: an opening for reading does not take it.
class EngineLock {
 public:
  static absl::StatusOr<std::unique_ptr<EngineLock>> Take(rocksdb::Env* env, const std::string& engine) {
    rocksdb::FileLock* lock = nullptr;
    const rocksdb::Status status = env->LockFile(engine + "/LOCK", &lock);
    if (!status.ok()) return FromEngine(status, "the store cannot be locked; is it in use by another process?");
    return std::unique_ptr<EngineLock>(new EngineLock(env, lock));
  }
  ~EngineLock() { env_->UnlockFile(lock_).PermitUncheckedError(); }
  EngineLock(const EngineLock&) = delete;
  EngineLock& operator=(const EngineLock&) = delete;

 private:
  EngineLock(rocksdb::Env* env, rocksdb::FileLock* lock) : env_(env), lock_(lock) {}
  rocksdb::Env* const env_;
  rocksdb::FileLock* const lock_;
};

// The engine opened for reading, under its lock.
struct ReadEngine {
  std::unique_ptr<EngineLock> lock;
  std::unique_ptr<rocksdb::DB> engine;
  std::optional<BatchHead> head;
  uint64_t epoch = 0;
};

absl::StatusOr<ReadEngine> OpenForReading(const StorePaths& paths, const RocksDbSizes& sizes, rocksdb::Env* env,
                                          LogEnd log_end) {
  const rocksdb::Options options = ExaminationOptions(sizes, env, log_end);
  absl::StatusOr<std::unique_ptr<EngineLock>> lock = EngineLock::Take(options.env, paths.engine);
  if (!lock.ok()) return lock.status();
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, paths.engine, &opened);
  std::unique_ptr<rocksdb::DB> engine(opened);
  if (!status.ok()) {
    return absl::DataLossError(
        absl::StrCat("the store or its write-ahead log is damaged or incomplete (", status.ToString(), ")"));
  }
  if (absl::Status schema = CheckSchema(*engine); !schema.ok()) return schema;
  absl::StatusOr<std::optional<BatchHead>> head = ReadHead(*engine);
  if (!head.ok()) return head.status();
  const absl::StatusOr<uint64_t> epoch = ReadEpoch(*engine);
  if (!epoch.ok()) return epoch.status();
  return ReadEngine{.lock = *std::move(lock), .engine = std::move(engine), .head = *std::move(head), .epoch = *epoch};
}

absl::StatusOr<Finding> Check(const HighWaterMark& mark, const ReadEngine& read, absl::string_view log_damage) {
  const auto journal_value = [&](uint64_t batch) { return ReadKey(*read.engine, JournalKey(batch)); };
  if (absl::Status check = CheckAgainstMark(mark, read.head, read.epoch, journal_value); !check.ok()) return check;
  return Finding{.kind = Finding::Kind::kSound,
                 .mark = mark,
                 .head = read.head,
                 .epoch = read.epoch,
                 .log_damage = std::string(log_damage)};
}

absl::StatusOr<Finding> ExamineMarked(const StorePaths& paths, const HighWaterMark& mark, const RocksDbSizes& sizes,
                                      rocksdb::Env* env) {
  const absl::StatusOr<ReadEngine> whole = OpenForReading(paths, sizes, env, LogEnd::kWhole);
  if (whole.ok()) return Check(mark, *whole, "");
  if (absl::IsDataLoss(whole.status())) {
    const absl::StatusOr<ReadEngine> up_to_damage = OpenForReading(paths, sizes, env, LogEnd::kUpToDamage);
    if (up_to_damage.ok()) {
      absl::StatusOr<Finding> finding = Check(mark, *up_to_damage, whole.status().message());
      if (finding.ok()) return finding;
    }
  }
  return WithRecovery(whole.status(), absl::StrCat(": ", WhatWasDurable(mark), " and may not be readable"));
}

// A store beside which there is no mark: one that was being made, or one that lost its mark.
absl::StatusOr<Finding> ExamineUnmarked(const StorePaths& paths, const RocksDbSizes& sizes, rocksdb::Env* env) {
  const absl::Status mark_missing = NotThisStore(absl::StrCat(
      "the high-water mark ", paths.mark, " is missing beside a store, so nobody can tell whether the store is whole"));
  const absl::StatusOr<std::optional<HighWaterMark>> in_making = HighWaterMarkFile::Read(paths.mark_in_making);
  if (!in_making.ok() || !in_making->has_value()) return mark_missing;
  const Finding unfinished{
      .kind = Finding::Kind::kUnfinished, .mark = **in_making, .head = {}, .epoch = 0, .log_damage = {}};
  std::error_code error;
  // RocksDB writes this file last when it makes a store.
  if (!std::filesystem::exists(paths.engine + "/CURRENT", error) && !error) return unfinished;
  const absl::StatusOr<ReadEngine> read = OpenForReading(paths, sizes, env, LogEnd::kWhole);
  if (!read.ok()) return WithRecovery(read.status());
  if (read->head && MarkOf(*read->head, unfinished.mark.epoch) != unfinished.mark) return mark_missing;
  return unfinished;
}

absl::StatusOr<BatchRecord> ReadRecord(const JournalValue& journal_value, uint64_t batch) {
  const absl::StatusOr<std::optional<std::string>> value = journal_value(batch);
  if (!value.ok()) return Lost(value.status().message());
  if (!value->has_value()) return Lost(absl::StrCat("the journal record of batch ", batch, " is missing"));
  absl::StatusOr<BatchRecord> record = DecodeBatchRecord(**value);
  if (!record.ok()) return Lost(absl::StrCat("batch ", batch, ": ", record.status().message()));
  if (record->batch != batch) return Lost(absl::StrCat("the journal record of batch ", batch, " is another batch's"));
  return record;
}

}  // namespace

StorePaths::StorePaths(const std::string& base)
    : directory(base),
      engine(base + "/rocksdb"),
      mark(base + "/high-water-mark"),
      mark_in_making(base + "/high-water-mark.new"),
      restoring(base + "/restoring") {}

absl::StatusOr<Finding> Examine(const StorePaths& paths, const RocksDbSizes& sizes, rocksdb::Env* env) {
  const absl::StatusOr<bool> has_store = HoldsFiles(paths.engine);
  if (!has_store.ok()) return has_store.status();
  const absl::StatusOr<std::optional<HighWaterMark>> mark = HighWaterMarkFile::Read(paths.mark);
  if (!mark.ok()) return WithRecovery(mark.status());
  if (mark->has_value()) {
    if (*has_store) return ExamineMarked(paths, **mark, sizes, env);
    return Lost(absl::StrCat("the store ", paths.engine, " is missing, but ", WhatWasDurable(**mark)));
  }
  if (*has_store) return ExamineUnmarked(paths, sizes, env);
  return Finding{.kind = Finding::Kind::kNew, .mark = {}, .head = {}, .epoch = 0, .log_damage = {}};
}

absl::Status CheckAgainstMark(const HighWaterMark& mark, const std::optional<BatchHead>& head, uint64_t epoch,
                              const JournalValue& journal_value) {
  if (!head) {
    return Lost(
        absl::StrCat("the store is empty, but ", WhatWasDurable(mark), ": the write-ahead log is cut or deleted"));
  }
  if (head->store_incarnation != mark.store_incarnation) {
    return NotThisStore("the high-water mark belongs to another store");
  }
  if (head->batch < mark.batch) {
    return Lost(absl::StrCat("the store ends at batch ", head->batch, ", but batch ", mark.batch,
                             " was answered as durable: the write-ahead log is cut or deleted, or the store is an "
                             "older copy"));
  }
  if (epoch < mark.epoch) {
    return Lost(absl::StrCat("the store says it was opened ", epoch, " times, but opening ", mark.epoch,
                             " was durable: the write-ahead log is cut or deleted, or the store is an older copy"));
  }
  if (mark.batch > 0) {
    const absl::StatusOr<BatchRecord> record = ReadRecord(journal_value, mark.batch);
    if (!record.ok()) return record.status();
    if (HashOf(*record) != mark.hash) {
      return Lost(absl::StrCat("batch ", mark.batch, " of the store is not the one that was answered as durable"));
    }
  }
  std::string expected = head->hash;
  const uint64_t oldest = head->batch - std::min(head->batch, kChainChecked);
  for (uint64_t batch = head->batch; batch > oldest; --batch) {
    const absl::StatusOr<BatchRecord> record = ReadRecord(journal_value, batch);
    if (!record.ok()) return record.status();
    // Those of a store that was restored begin with another incarnation's.
    const bool is_newest = batch == head->batch;
    if (HashOf(*record) != expected || (is_newest && record->store_incarnation != head->store_incarnation)) {
      return Lost(absl::StrCat("the journal's chain is broken at batch ", batch));
    }
    expected = record->previous_hash;
  }
  if (oldest == 0 && expected != FirstHead(head->store_incarnation).hash) return Lost("the journal has no beginning");
  return absl::OkStatus();
}

}  // namespace envej::store
