#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_

#include <string>

#include "broker/operations/console/command_context.h"

namespace envej::console {

struct ReturnOptions {
  std::string name;                   // as words.h has it
  std::string confirmed_proposal_id;  // as the broker told it; empty: proposes
};

// Proposes to return a notice, and says how another operator confirms that; or confirms what another one proposed.
ExitCode ReturnNotice(const ReturnOptions& options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_RETURN_COMMAND_H_
