#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_WATCH_COMMAND_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_WATCH_COMMAND_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/command_context.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

struct WatchOptions {
  std::string resume_file;                            // keeps the place to go on at; empty: begins anew each time
  bool from_the_beginning = false;                    // where no place is kept: with the oldest that the journal has
  std::string municipality_code;                      // empty for all
  std::vector<v1::EventKind> kinds;                   // empty for all
  absl::Duration at_most = absl::InfiniteDuration();  // how long to watch
};

// Writes a line for each thing that happens, for as long as it is let. What was written is not written again after a
// stop, but for what was under way then: the place is kept in the file, durably and whole, once the lines are out.
// While the broker does not answer it is tried again, for as long as it takes.
ExitCode WatchEvents(const WatchOptions& options, const CommandContext& context);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_WATCH_COMMAND_H_
