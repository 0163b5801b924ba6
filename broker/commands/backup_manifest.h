#ifndef ENVEJ_BROKER_COMMANDS_BACKUP_MANIFEST_H_
#define ENVEJ_BROKER_COMMANDS_BACKUP_MANIFEST_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/store/batch_record.h"

namespace envej::commands {

// A file of a backup.
struct BackupFile {
  std::string name;  // in the folder `rocksdb`
  uint64_t bytes = 0;
  std::string sha256;  // hexadecimal
};

// What a backup says of itself, in its file manifest.json. A backup holds a store's keys in the folder `rocksdb`, and
// no high-water mark: no broker takes it for its own store.
struct BackupManifest {
  store::BatchHead head;     // the newest batch in it
  uint64_t start_epoch = 0;  // of the store at that time
  absl::Time made_at;
  uint64_t keys = 0;
  uint64_t notices = 0;
  uint64_t under_way = 0;
  uint64_t unreadable = 0;
  std::vector<BackupFile> files;
};

std::string EngineOf(const std::string& backup);
std::string ManifestOf(const std::string& backup);

// Called after each file with the bytes read so far; may be empty.
using BytesRead = std::function<void(uint64_t bytes)>;

// Every file in a folder, with its sum. UNAVAILABLE if one cannot be read; an error if one is no file.
absl::StatusOr<std::vector<BackupFile>> SumFiles(const std::string& folder, const BytesRead& progress = nullptr);

// On the disk when this returns OK, but for its name in the folder.
absl::Status WriteManifest(const std::string& path, const BackupManifest& manifest);
// NOT_FOUND if there is none; DATA_LOSS if it is none; UNAVAILABLE if it cannot be read.
absl::StatusOr<BackupManifest> ReadManifest(const std::string& path);

// OK if a backup's files are exactly those of its manifest. DATA_LOSS, with the file's name, if not.
absl::Status CheckFiles(const std::string& backup, const BackupManifest& manifest, const BytesRead& progress = nullptr);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_BACKUP_MANIFEST_H_
