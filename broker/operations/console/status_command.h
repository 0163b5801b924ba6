#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_STATUS_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_STATUS_COMMAND_H_

#include "broker/operations/console/command_context.h"

namespace envej::console {

// Says how the broker is. kAttention if it cannot write.
ExitCode ShowStatus(const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_STATUS_COMMAND_H_
