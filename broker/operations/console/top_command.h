#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_COMMAND_H_

#include "absl/time/time.h"
#include "broker/operations/console/command_context.h"
#include "broker/operations/console/terminal.h"

namespace envej::console {

inline constexpr absl::Duration kTopRefresh = absl::Seconds(2);

// Whether there is a terminal to draw on; if not, that is told.
bool HasScreen(const Streams& streams);

// Shows how everything is on the whole terminal, asked anew each two seconds, until somebody presses q or the terminal
// goes. While the broker does not answer, what it said last stays, with how old it is. `signals` were caught before the
// channel was made.
ExitCode ShowTop(const CommandContext& context, TerminalSignals& signals);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_COMMAND_H_
