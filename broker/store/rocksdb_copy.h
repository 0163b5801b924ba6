#ifndef ENVEJ_BROKER_STORE_ROCKSDB_COPY_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_COPY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "broker/store/rocksdb_reader.h"

namespace envej::store {

// How much was copied.
struct CopiedKeys {
  uint64_t keys = 0;
  uint64_t bytes = 0;  // of keys and values
};

struct CopyOptions {
  uint64_t table_bytes = uint64_t{64} << 20;  // of keys and values in one table
  // Called now and then with what was copied so far; may be empty.
  std::function<void(const CopiedKeys& so_far)> progress;
};

// Writes every key that the store has, and nothing that it had, into a new RocksDB in `engine`, a folder that is empty
// and only its owner's: what was destroyed in the store is not in any of its files. All of it is on the disk when this
// returns; the folder's entry in its parent is for the caller to sync.
//
// Memory: a page of keys, and the index of one table. Errors: those of the reader; UNAVAILABLE if it cannot be written.
absl::StatusOr<CopiedKeys> CopyKeys(const RocksDbReader& from, const std::string& engine, const CopyOptions& options);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_COPY_H_
