#ifndef ENVEJ_REGION_CLIENT_AGENT_CONFIG_CHECK_H_
#define ENVEJ_REGION_CLIENT_AGENT_CONFIG_CHECK_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "region-client/agent/agent.h"
#include "region-client/agent/agent_config.h"

namespace envej::region {

// What keeps an agent from starting, or from telling somebody, with what a configuration names as it is now: files of
// certificates, keys and secrets, addresses to listen on, programs and folders. A line each, with what to do; empty if
// all is good. Nothing is changed, and an agent that runs with it already is in nobody's way.
std::vector<std::string> WhatIsInTheWay(const AgentConfig& config, const AgentOutside& outside);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CONFIG_CHECK_H_
