#ifndef ENVEJ_BROKER_COMMANDS_OLD_BACKUPS_H_
#define ENVEJ_BROKER_COMMANDS_OLD_BACKUPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace envej::commands {

// The folders of backups in the one that holds them, by name: of a new backup, which has a later second where one of
// the same second and batch is there; and of what is being made or removed.
std::string BackupFolder(const std::string& to, absl::Time made_at, uint64_t batch);
std::string UnfinishedFolder(const std::string& to, absl::Time now);

// Removes what a backup that was killed left, by its name; nothing else.
absl::Status RemoveUnfinished(const std::string& to);

struct OldBackups {
  int removed = 0;
  // Of each folder that cannot be used as a backup and was not removed, in words: why, and what becomes of it.
  std::vector<std::string> unusable;
};

// Removes the backups that were made before `oldest`, but for `newest`. Also those that cannot be used any more: a
// folder without a manifest that can be read is a backup if it has the very name of one and holds nothing else than one
// does; then its name says when it was made. Nothing else is removed, and no link is followed.
//
// UNAVAILABLE if something cannot be read or removed: all before it was done.
absl::StatusOr<OldBackups> RemoveOldBackups(const std::string& to, absl::Time oldest, const std::string& newest,
                                            absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_OLD_BACKUPS_H_
