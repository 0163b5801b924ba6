#ifndef ENVEJ_BROKER_COMMANDS_RECOVERY_H_
#define ENVEJ_BROKER_COMMANDS_RECOVERY_H_

#include <string>

namespace envej::commands {

// What `envej-broker recovery status` and `accept` are asked.
struct RecoveryOptions {
  std::string config;           // the broker's configuration: names the store
  std::string output = "text";  // or "json": one object on one line
};

// Says whether the store was restored, and what it lacks, beside a running broker or a stopped one. The missing counted
// are those of when it was restored; `envej-region status --state missing` names those that are still. The exit code:
// CopyExitCode; kCopyRefused if the store was never restored.
int ShowRecovery(const RecoveryOptions& options);

// Says the same, and accepts it for operations: durably, in a file beside the store (broker/recovery_mode.h), which a
// running broker takes up within a second and a stopped one when it starts. kCopyRefused if the store is not
// recovering.
int AcceptRecovery(const RecoveryOptions& options);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_RECOVERY_H_
