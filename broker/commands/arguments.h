#ifndef ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_
#define ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_

#include "absl/time/time.h"
#include "broker/commands/backup.h"
#include "broker/commands/recovery.h"
#include "broker/commands/restore.h"
#include "broker/commands/verify_journal.h"

namespace CLI {
class App;
}  // namespace CLI

namespace envej::commands {

// The commands that copy a store, make one of a copy, see to what it lacks, and verify its journal.
struct StoreCommands {
  VerifyJournalOptions verify_options;
  BackupOptions backup_options;
  RestoreOptions restore_options;
  RecoveryOptions recovery_options;
  CLI::App* verify = nullptr;
  CLI::App* backup = nullptr;
  CLI::App* restore = nullptr;
  CLI::App* status = nullptr;
  CLI::App* accept = nullptr;
};

// Adds them to the program. Parsing then writes to `commands`, which must outlive it.
void AddStoreCommands(CLI::App& program, StoreCommands& commands);

// Whether one of them was asked for.
bool IsParsed(const StoreCommands& commands);
// Runs the one that was; its exit code.
int Run(const StoreCommands& commands, absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_
