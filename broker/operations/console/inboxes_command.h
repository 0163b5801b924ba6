#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOXES_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOXES_COMMAND_H_

#include <string>

#include "broker/operations/console/command_context.h"

namespace envej::console {

struct InboxesOptions {
  std::string municipality_code;  // empty for all
  bool fail_if_silent = false;
};

// Says how the inboxes are. kAttention if one is silent and that was asked to fail.
ExitCode ShowInboxes(const InboxesOptions& options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_INBOXES_COMMAND_H_
