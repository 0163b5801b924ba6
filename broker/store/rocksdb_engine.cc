#include "broker/store/rocksdb_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <cstdarg>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_room.h"
#include "broker/store/rocksdb_upkeep.h"

namespace envej::store {
namespace {

constexpr int kOpenFiles = 512;
constexpr double kFilterBitsPerKey = 10;
// The kind and, of most keys, the municipality: what is new of each mostly stands behind what came before.
constexpr size_t kSequenceBytes = 5;
constexpr size_t kInfoLogFiles = 4;
constexpr size_t kInfoLogBytes = size_t{4} << 20;
constexpr uint64_t kManifestBytes = uint64_t{64} << 20;
// A file with this many deletions in such a window is compacted soon: a queue's head must stay quick to find.
constexpr size_t kDeletionWindow = 1024;
constexpr size_t kDeletionTrigger = 512;

class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

}  // namespace

rocksdb::Options EngineOptions(const RocksDbSizes& sizes, rocksdb::Env* env, LogEnd log_end) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(sizes.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.initial_auto_readahead_size = 0;
  table.max_auto_readahead_size = 0;

  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.table_properties_collector_factories = {
      rocksdb::NewCompactOnDeletionCollectorFactory(kDeletionWindow, kDeletionTrigger)};

  // What was damaged must not open as if it were whole; the high-water mark finds the rest.
  options.paranoid_checks = true;
  options.wal_recovery_mode = log_end == LogEnd::kWhole ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                                        : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.avoid_flush_during_recovery = false;
  options.track_and_verify_wals_in_manifest = true;
  options.memtable_protection_bytes_per_key = kProtectionBytes;
  // After a failed write nothing is tried again: the store stops.
  options.max_bgerror_resume_count = 0;

  options.write_buffer_size = sizes.write_buffer_bytes;
  options.max_write_buffer_number = kWriteBuffers;
  options.max_total_wal_size = kLogBuffers * sizes.write_buffer_bytes;
  options.level0_file_num_compaction_trigger = kLevelZeroTables;
  options.target_file_size_base = kTableBuffers * sizes.write_buffer_bytes;
  options.max_bytes_for_level_base = kLevelBuffers * sizes.write_buffer_bytes;
  options.max_compaction_bytes = kCompactionBuffers * sizes.write_buffer_bytes;
  options.max_open_files = kOpenFiles;
  options.max_manifest_file_size = kManifestBytes;
  options.keep_log_file_num = kInfoLogFiles;
  options.max_log_file_size = kInfoLogBytes;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;

  // One thread writes.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kSequenceBytes));
  // Most conditions ask for a key that is absent.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kNoCompression;
  // A log's bytes go with its file: it is neither kept nor written over by another (rocksdb_upkeep.h).
  options.recycle_log_file_num = 0;
  options.WAL_ttl_seconds = 0;
  options.WAL_size_limit_MB = 0;
  options.rate_limiter.reset(rocksdb::NewGenericRateLimiter(kCompactionBytesMost));
  return options;
}

rocksdb::Options ExaminationOptions(const RocksDbSizes& sizes, rocksdb::Env* env, LogEnd log_end) {
  rocksdb::Options options = EngineOptions(sizes, env, log_end);
  options.info_log = std::make_shared<SilentLogger>();
  return options;
}

rocksdb::Slice ToSlice(absl::string_view bytes) { return rocksdb::Slice(bytes.data(), bytes.size()); }

absl::StatusOr<std::optional<std::string>> ReadKey(rocksdb::DB& engine, absl::string_view key) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = engine.Get(rocksdb::ReadOptions(), engine.DefaultColumnFamily(), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromEngine(status, "cannot read the store");
  return std::optional<std::string>(value.ToString());
}

absl::StatusOr<std::optional<BatchHead>> ReadHead(rocksdb::DB& engine) {
  const absl::StatusOr<std::optional<std::string>> value = ReadKey(engine, HeadKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<BatchHead>();
  absl::StatusOr<BatchHead> head = DecodeBatchHead(**value);
  if (!head.ok()) return head.status();
  return std::optional<BatchHead>(*std::move(head));
}

absl::StatusOr<uint64_t> ReadEpoch(rocksdb::DB& engine) {
  const absl::StatusOr<std::optional<std::string>> value = ReadKey(engine, EpochKey());
  if (!value.ok()) return value.status();
  return value->has_value() ? DecodeEpoch(**value) : 0;
}

absl::Status CheckSchema(rocksdb::DB& engine) {
  const absl::StatusOr<std::optional<std::string>> value = ReadKey(engine, SchemaKey());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return absl::OkStatus();
  const absl::StatusOr<uint32_t> version = DecodeSchema(**value);
  if (!version.ok()) return version.status();
  if (*version <= kSchemaVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the store has schema version ", *version, ", and this program knows none above ", kSchemaVersion,
      ": start the newer program; or, to go back, restore the backup that was made before the upgrade, and the regions "
      "submit again what was accepted since; nothing was changed"));
}

absl::StatusOr<ScanResult> ScanEngine(rocksdb::DB& engine, const ScanRange& range, bool fill_cache) {
  ScanResult result;
  if (range.from >= range.to) return result;
  const rocksdb::Slice end = ToSlice(range.to);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  options.total_order_seek = true;
  options.fill_cache = fill_cache;
  const std::unique_ptr<rocksdb::Iterator> place(engine.NewIterator(options));
  size_t bytes = 0;
  for (place->Seek(ToSlice(range.from)); place->Valid(); place->Next()) {
    bytes += place->key().size() + place->value().size();
    const bool full = result.entries.size() >= range.entries || (!result.entries.empty() && bytes > range.bytes);
    if (full) {
      result.more = true;
      break;
    }
    result.entries.push_back(KeyValue{.key = place->key().ToString(), .value = place->value().ToString()});
  }
  if (!place->status().ok()) return FromEngine(place->status(), "cannot read the store");
  return result;
}

absl::Status FromEngine(const rocksdb::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const absl::StatusCode code = status.IsCorruption() ? absl::StatusCode::kDataLoss : absl::StatusCode::kUnavailable;
  return absl::Status(code, absl::StrCat(what, ": ", status.ToString()));
}

}  // namespace envej::store
