#ifndef ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_
#define ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_

#include "absl/time/time.h"
#include "broker/commands/backup.h"
#include "broker/commands/recovery.h"
#include "broker/commands/restore.h"

namespace CLI {
class App;
}  // namespace CLI

namespace envej::commands {

// The commands that copy a store, make one of a copy, and see to what it lacks.
struct CopyCommands {
  BackupOptions backup_options;
  RestoreOptions restore_options;
  RecoveryOptions recovery_options;
  CLI::App* backup = nullptr;
  CLI::App* restore = nullptr;
  CLI::App* status = nullptr;
  CLI::App* accept = nullptr;
};

// Adds them to the program. Parsing then writes to `commands`, which must outlive it.
void AddCopyCommands(CLI::App& program, CopyCommands& commands);

// Whether one of them was asked for.
bool IsParsed(const CopyCommands& commands);
// Runs the one that was; its exit code.
int Run(const CopyCommands& commands, absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_ARGUMENTS_H_
