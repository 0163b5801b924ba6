#include "broker/store/rocksdb_offline.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "broker/store/rocksdb_engine.h"

namespace envej::store {
namespace {

constexpr char kCannotWrite[] = "the store cannot be written";

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbOffline>> RocksDbOffline::Open(const std::string& engine) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(ExaminationOptions(RocksDbSizes(), nullptr, LogEnd::kWhole), engine, &opened);
  if (!status.ok()) return FromEngine(status, "the store cannot be opened");
  std::unique_ptr<rocksdb::DB> store(opened);
  if (absl::Status schema = CheckSchema(*store); !schema.ok()) return schema;
  return std::unique_ptr<RocksDbOffline>(new RocksDbOffline(std::move(store)));
}

RocksDbOffline::RocksDbOffline(std::unique_ptr<rocksdb::DB> engine) : engine_(std::move(engine)) {}

RocksDbOffline::~RocksDbOffline() = default;

absl::StatusOr<std::optional<std::string>> RocksDbOffline::Get(absl::string_view key) const {
  return ReadKey(*engine_, key);
}

absl::StatusOr<ScanResult> RocksDbOffline::Scan(const ScanRange& range) const {
  return ScanEngine(*engine_, range, /*fill_cache=*/false);
}

absl::Status RocksDbOffline::Write(const std::vector<BatchWrite>& writes) {
  rocksdb::WriteBatch batch;
  for (const BatchWrite& write : writes) {
    const rocksdb::Status added = write.value.has_value() ? batch.Put(ToSlice(write.key), ToSlice(*write.value))
                                                          : batch.Delete(ToSlice(write.key));
    if (!added.ok()) return FromEngine(added, kCannotWrite);
  }
  rocksdb::WriteOptions options;
  options.protection_bytes_per_key = kProtectionBytes;
  return FromEngine(engine_->Write(options, &batch), kCannotWrite);
}

absl::Status RocksDbOffline::Finish() {
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  if (const rocksdb::Status status = engine_->Flush(rocksdb::FlushOptions()); !status.ok()) {
    return FromEngine(status, kCannotWrite);
  }
  if (const rocksdb::Status status = engine_->CompactRange(all, nullptr, nullptr); !status.ok()) {
    return FromEngine(status, kCannotWrite);
  }
  const rocksdb::Status closed = engine_->Close();
  engine_.reset();
  return FromEngine(closed, kCannotWrite);
}

}  // namespace envej::store
