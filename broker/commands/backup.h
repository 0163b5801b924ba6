#ifndef ENVEJ_BROKER_COMMANDS_BACKUP_H_
#define ENVEJ_BROKER_COMMANDS_BACKUP_H_

#include <string>

#include "absl/time/time.h"

namespace envej::commands {

// What `envej-broker backup` is asked.
struct BackupOptions {
  std::string config;  // the broker's configuration: names the store
  std::string to;      // a folder that holds backups, and may be removed from; made if it is not there
  std::string keep = "7d";
  std::string output = "text";  // or "json": one object on one line
};

// Copies the store as it is at one moment, while its broker runs or not, into a new folder `backup-TIME-BATCH`: every
// key that it has, and none that it had, so that what was destroyed is not in it. It gets that name when all of it is
// on the disk, and was opened and read: the journal a whole chain, and notices, indexes and contents as they belong
// together. After that, backups that were made longer ago than `keep` are removed, also those that cannot be used, but
// never this one and nothing that may be somebody else's (old_backups.h). Nothing is left of one that failed; of one
// that was killed, what is left is removed by the next. One runs at a time in a folder.
//
// It holds sealed contents, commitments and the journal; no keys of certificates, no secrets and no configuration.
//
// The exit code: CopyExitCode of exit_codes.h. DATA_LOSS found in the store is kCopyRefused.
int MakeBackup(const BackupOptions& options, absl::Time now);

// "7d", "36h", "90m"; a number from 1 and a unit. Nothing if it is none.
bool ParseAge(const std::string& text, absl::Duration& age);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_BACKUP_H_
