#ifndef ENVEJ_BROKER_COMMANDS_RESTORE_PLACE_H_
#define ENVEJ_BROKER_COMMANDS_RESTORE_PLACE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/commands/files.h"
#include "broker/store/rocksdb_examination.h"

namespace envej::commands {

// An empty data directory into which a store is restored. As long as its folder `restoring` is there, no broker starts
// in it, and all that is there is this one's: what a restore that was killed left is removed by the next.
class RestorePlace {
 public:
  // Makes the data directory, if it is not there; its parent must be. Takes its lock, which is held until this is gone,
  // and only then looks what is in it. FAILED_PRECONDITION if anything is, or another restore is under way.
  static absl::StatusOr<RestorePlace> Take(const std::string& data_directory);

  // Where the store's files are to be made, as a data directory has them.
  const std::string& making() const { return paths_.restoring; }

  // Puts what was made into its place: all of it, or none that a broker would start with.
  absl::Status Finish();
  // Leaves the directory as it was: empty.
  absl::Status GiveUp();

 private:
  RestorePlace(store::StorePaths paths, FileLock lock) : paths_(std::move(paths)), lock_(std::move(lock)) {}

  store::StorePaths paths_;
  FileLock lock_;
};

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_RESTORE_PLACE_H_
