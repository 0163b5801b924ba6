#ifndef ENVEJ_BROKER_STORE_ROCKSDB_OPENING_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_OPENING_H_

#include <rocksdb/db.h>

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "broker/store/batch_record.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/rocksdb_store.h"

namespace envej::store {

// A store that was examined, opened and found whole.
struct OpenedEngine {
  std::unique_ptr<rocksdb::DB> engine;
  BatchHead head;      // on the disk, and what the mark names
  uint64_t epoch = 0;  // of this opening, on the disk, and what the mark names
  std::unique_ptr<HighWaterMarkFile> mark;
};

// Errors as RocksDbStore::Open.
absl::StatusOr<OpenedEngine> OpenEngine(const RocksDbStoreOptions& options);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_OPENING_H_
