#ifndef ENVEJ_BROKER_STORE_ROCKSDB_READER_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_READER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/store/batch_record.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/ordered_store.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace envej::store {

// A store as it was when it was opened here, for reading alone: one that a broker is writing to, one that nobody has
// open, or a copy. Takes no lock and changes no file; a broker beside it does not notice.
//
// Files that a running broker deletes meanwhile stay readable, because all are opened at once: one descriptor each.
// What the broker does while they are being opened can make an opening fail, or would make it miss a log; then it is
// tried again, up to kOpeningTries times.
//
// Memory: what the write-ahead log holds, which is four write buffers of the store at most.
//
// Thread safety: none.
class RocksDbReader {
 public:
  static constexpr int kOpeningTries = 20;

  // `directory` is that of RocksDbStoreOptions. NOT_FOUND if there is no store; DATA_LOSS or UNAVAILABLE if it cannot
  // be opened.
  static absl::StatusOr<std::unique_ptr<RocksDbReader>> Open(const std::string& directory);

  ~RocksDbReader();
  RocksDbReader(const RocksDbReader&) = delete;
  RocksDbReader& operator=(const RocksDbReader&) = delete;

  // The high-water mark, read before the store was opened, so that a whole store is never behind it; nothing if there
  // is none. DATA_LOSS if it cannot be read.
  const absl::StatusOr<std::optional<HighWaterMark>>& mark() const { return mark_; }
  // The store's head; nothing if it has none. DATA_LOSS if it cannot be read.
  absl::StatusOr<std::optional<BatchHead>> Head() const;
  // The start epoch of the newest opening; 0 if there is none. DATA_LOSS if it cannot be read.
  absl::StatusOr<uint64_t> Epoch() const;
  // Why the end of the log could not be read; empty if it could. What stands before is read all the same.
  const std::string& log_damage() const { return log_damage_; }

  // As OrderedStore has them.
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const;
  absl::StatusOr<ScanResult> Scan(const ScanRange& range) const;

  // One that has no mark beside it yet, as it is made. Errors as of Open.
  static absl::StatusOr<std::unique_ptr<RocksDbReader>> OpenEngine(const std::string& engine);

 private:
  RocksDbReader(std::unique_ptr<rocksdb::DB> engine, absl::StatusOr<std::optional<HighWaterMark>> mark,
                std::string log_damage);

  const std::unique_ptr<rocksdb::DB> engine_;
  const absl::StatusOr<std::optional<HighWaterMark>> mark_;
  const std::string log_damage_;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_READER_H_
