#ifndef ENVEJ_BROKER_STORE_ROCKSDB_OFFLINE_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_OFFLINE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/store/batch_builder.h"
#include "broker/store/offline_store.h"
#include "broker/store/ordered_store.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace envej::store {

// A store on RocksDB that is being made; nothing is on the disk before Finish.
class RocksDbOffline final : public OfflineStore {
 public:
  // `engine` is RocksDB's folder. DATA_LOSS or UNAVAILABLE if it cannot be opened; FAILED_PRECONDITION if a newer
  // program wrote it (kSchemaVersion of key_layout.h).
  static absl::StatusOr<std::unique_ptr<RocksDbOffline>> Open(const std::string& engine);

  ~RocksDbOffline() override;
  RocksDbOffline(const RocksDbOffline&) = delete;
  RocksDbOffline& operator=(const RocksDbOffline&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::StatusOr<ScanResult> Scan(const ScanRange& range) const override;
  absl::Status Write(const std::vector<BatchWrite>& writes) override;

  // All that was written is on the disk, and what was deleted or replaced is in none of the files any more, when this
  // returns OK. The store is closed: nothing else may be called.
  absl::Status Finish();

 private:
  explicit RocksDbOffline(std::unique_ptr<rocksdb::DB> engine);

  std::unique_ptr<rocksdb::DB> engine_;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_OFFLINE_H_
