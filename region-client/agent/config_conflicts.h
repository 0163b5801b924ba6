#ifndef ENVEJ_REGION_CLIENT_AGENT_CONFIG_CONFLICTS_H_
#define ENVEJ_REGION_CLIENT_AGENT_CONFIG_CONFLICTS_H_

#include "certs/options/yaml_reader.h"
#include "region-client/agent/agent_config.h"

namespace envej::region {

// Reports to the reader of `top` what two parts of a configuration would do to each other: two that listen at the same
// place; a folder for systems that is another one's, or has to do with the agent's own data; a file to which is told
// that lies in a folder for systems or of data, or is a file of certificates, keys or secrets; and a name that is given
// to staff and to systems. Paths are compared with their links followed; nothing is opened.
void RefuseConflicts(const AgentConfig& config, options::YamlMapping& top);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CONFIG_CONFLICTS_H_
