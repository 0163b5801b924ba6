#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_

#include <string>

#include "broker/operations/console/command_context.h"

namespace envej::console {

// Proposes to return a notice, or carries out what another operator proposed; says which. `name` is as words.h has it.
ExitCode ReturnNotice(const std::string& name, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_
