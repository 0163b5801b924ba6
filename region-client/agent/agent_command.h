#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_COMMAND_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_COMMAND_H_

#include <string>

#include "region-client/agent/agent.h"
#include "region-client/output.h"

namespace envej::region {

struct AgentOptions {
  std::string config;
  bool check = false;  // looks at the configuration and what it names, and no more
};

// Runs the agent until SIGTERM or SIGINT; SIGHUP has it read its certificates again at once. Nobody else in the process
// handles these. Says "envej-region agent: ready" on standard error once it serves. What is wrong with the
// configuration, or with what it names where that is checked, is said there too, a line each.
ExitCode RunAgentCommand(const AgentOptions& options, const AgentOutside& outside);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_COMMAND_H_
