#ifndef ENVEJ_BROKER_STORE_ROCKSDB_ENGINE_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_ENGINE_H_

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/store/batch_record.h"
#include "broker/store/ordered_store.h"
#include "broker/store/rocksdb_room.h"

namespace envej::store {

// How much memory and log RocksDB may use.
struct RocksDbSizes {
  size_t write_buffer_bytes = kWriteBufferMost;  // of each of three
  size_t block_cache_bytes = size_t{64} << 20;
};

// Bytes of checksum that RocksDB keeps with each key and value on their way to the disk.
inline constexpr size_t kProtectionBytes = 8;

// How much of the write-ahead log an opening may do without.
enum class LogEnd {
  kWhole,       // a last record that was cut short
  kUpToDamage,  // all from the first damaged record on: only where the high-water mark shows that nothing is missed
};

// The options of every opening. `env` may be null.
rocksdb::Options EngineOptions(const RocksDbSizes& sizes, rocksdb::Env* env, LogEnd log_end);

// The same, so that opening for reading leaves no trace in the directory.
rocksdb::Options ExaminationOptions(const RocksDbSizes& sizes, rocksdb::Env* env, LogEnd log_end);

rocksdb::Slice ToSlice(absl::string_view bytes);

// The value of `key`, or nothing. An error is one of the medium.
absl::StatusOr<std::optional<std::string>> ReadKey(rocksdb::DB& engine, absl::string_view key);
// The store's head, or nothing.
absl::StatusOr<std::optional<BatchHead>> ReadHead(rocksdb::DB& engine);
// The start epoch of the newest opening; 0 if there is none.
absl::StatusOr<uint64_t> ReadEpoch(rocksdb::DB& engine);
// OK unless the store has a newer schema version than this program knows: FAILED_PRECONDITION, and what to do.
absl::Status CheckSchema(rocksdb::DB& engine);

// As OrderedStore::Scan. `fill_cache`: whether what is read may take the place of what is read often.
absl::StatusOr<ScanResult> ScanEngine(rocksdb::DB& engine, const ScanRange& range, bool fill_cache);

// A status of RocksDB's as one of ours: DATA_LOSS for corruption, else UNAVAILABLE.
absl::Status FromEngine(const rocksdb::Status& status, absl::string_view what);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_ENGINE_H_
