#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_

#include "broker/operations/console/command_context.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// Says where a notice is and what happened to it, hop by hop; of any municipality or region where `notice` does not
// name it.
ExitCode TraceNotice(const v1::OperationsNoticeName& notice, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_
