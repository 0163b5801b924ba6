#ifndef ENVEJ_REGION_CLIENT_AGENT_RUN_COMMAND_H_
#define ENVEJ_REGION_CLIENT_AGENT_RUN_COMMAND_H_

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace envej::region {

// Runs a program (`command[0]`, found on the path) with `line` and a line end on its standard input, and waits for its
// end, `at_most` so long, and a second once a stop is requested: then it is killed. Its outputs are the agent's
// standard error. ABORTED if it ends with another code than 0, UNAVAILABLE if it does not end by itself. Thread-safe.
absl::Status RunCommand(const std::vector<std::string>& command, const std::string& line, absl::Duration at_most,
                        const std::stop_token& stop = {});

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_RUN_COMMAND_H_
