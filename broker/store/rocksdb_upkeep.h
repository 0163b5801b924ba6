#ifndef ENVEJ_BROKER_STORE_ROCKSDB_UPKEEP_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_UPKEEP_H_

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "broker/store/table_verification.h"

namespace envej::store {

// How fast compactions may write: all that they can, and while destroyed content is compacted away.
inline constexpr int64_t kCompactionBytesMost = int64_t{1} << 40;
inline constexpr int64_t kErasingBytesMost = int64_t{32} << 20;

// Writes what is in memory to tables, so that the write-ahead log that held it is deleted, and compacts all content
// down to the last level, so that no table holds what was destroyed before the call. The log is never used again for
// another (recycle_log_file_num is 0) nor kept (WAL_ttl_seconds is 0). Slowly: while it runs, no compaction writes more
// than kErasingBytesMost a second.
//
// CANCELLED once `stopping` is true. Any thread, one at a time.
absl::Status CompactContent(rocksdb::DB& engine, std::atomic<bool>& stopping);

// Holds every block of every live table against its checksum, past all caches. `rest` is called after each file with
// how many bytes were read of it: it waits as long as that should have taken, and is false if nothing more is to be
// read.
TableVerification VerifyTables(rocksdb::DB& engine, const std::function<bool(uint64_t bytes)>& rest);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_UPKEEP_H_
