#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_REDRIVE_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_REDRIVE_COMMAND_H_

#include <string>
#include <vector>

#include "broker/operations/console/command_context.h"

namespace envej::console {

struct RedriveOptions {
  std::vector<std::string> notices;  // as words.h names them; empty for all that are parked in one inbox
  std::string municipality_code;     // that inbox's
  bool yes = false;                  // without asking whether all of them are meant
};

// Puts notices back into their inbox, 500 a call. kAttention if one was refused. What was done before a call failed is
// told, and stays done.
ExitCode Redrive(const RedriveOptions& options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_REDRIVE_COMMAND_H_
