#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_

#include <string>

#include "broker/operations/console/command_context.h"

namespace envej::console {

struct TraceOptions {
  std::string notice_id;
  std::string municipality_code;  // empty for any
  std::string region_code;        // empty for any
};

// Says where a notice is and what happened to it, hop by hop.
ExitCode TraceNotice(const TraceOptions& options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TRACE_COMMAND_H_
