#ifndef ENVEJ_BROKER_STORE_HIGH_WATER_MARK_H_
#define ENVEJ_BROKER_STORE_HIGH_WATER_MARK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/store/batch_record.h"

namespace envej::store {

// The last batch and the last start epoch that are known to be on the disk. They are kept outside the engine, so that a
// log that was cut, deleted or replaced by an older copy is noticed, also when it holds no batch.
struct HighWaterMark {
  std::string store_incarnation;  // 16 bytes
  uint64_t batch = 0;
  std::string hash;    // 32 bytes
  uint64_t epoch = 0;  // of the newest opening that ended well; 0: none has
  // The store was stopped after it. Otherwise one more batch may have been answered: the newest is marked beside the
  // next.
  bool is_end = false;

  bool operator==(const HighWaterMark&) const = default;
};

HighWaterMark MarkOf(const BatchHead& head, uint64_t epoch);

// The mark's file: two slots in different sectors, written in turn, each with its turn and a checksum, so that a write
// that was torn leaves the mark before it.
//
// Thread safety: none.
class HighWaterMarkFile {
 public:
  // The newest mark that holds; nothing if there is no such file. DATA_LOSS if neither slot holds. Writes nothing.
  static absl::StatusOr<std::optional<HighWaterMark>> Read(const std::string& path);

  // Makes the file, or makes it anew, with `mark`. On the disk, with its directory's entry, when this returns.
  static absl::Status Create(const std::string& path, const HighWaterMark& mark);

  static absl::StatusOr<std::unique_ptr<HighWaterMarkFile>> Open(const std::string& path);

  ~HighWaterMarkFile();
  HighWaterMarkFile(const HighWaterMarkFile&) = delete;
  HighWaterMarkFile& operator=(const HighWaterMarkFile&) = delete;

  // On the disk when this returns OK.
  absl::Status Write(const HighWaterMark& mark);

 private:
  HighWaterMarkFile(int file, uint64_t turn) : file_(file), turn_(turn) {}

  const int file_;
  uint64_t turn_;  // of the newest slot
};

// Waits until what was done in a directory (a file made or renamed) is on the disk.
absl::Status SyncDirectory(const std::string& path);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_HIGH_WATER_MARK_H_
