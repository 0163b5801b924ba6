#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_CONFIG_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/client_connection.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/desk.h"
#include "region-client/agent/telling_ways.h"
#include "region-client/notice_sealer.h"
#include "region-client/pages/page_options.h"
#include "region-client/sources/handed_folder.h"
#include "region-client/sources/hl7_listener.h"

namespace envej::region {

// What an agent runs with.
struct AgentConfig {
  certs::ConnectionOptions connection;       // how it reaches the broker
  SealingFiles sealing;                      // with what it seals what it sends
  AgentStoreOptions store;                   // where and under which secret it keeps what it has
  DeskOptions desk;                          // what counts here, and how much there may be
  TellingOptions telling;                    // how the ward is told
  std::vector<Hl7ListenerOptions> hl7;       // where its systems send to
  std::vector<HandedFolderOptions> folders;  // where they put files
  std::optional<PageOptions> page;           // for ward staff, and for messages that are posted; nothing: there is none

  // Where `envej-region outbox` and the like reach it: in its data folder.
  std::string socket() const { return store.folder + "/agent.sock"; }
  // Where it says how far its store has come (store_mark.h).
  std::string mark() const { return store.folder + "/agent.mark"; }
};

// Reads the file (YAML, region-client/examples/agent.yaml), whose relative paths are taken from its folder. Errors: as
// in certs/options/yaml_reader.h, one line `FILE:LINE: reason` each; no file that it names is opened.
absl::StatusOr<AgentConfig> ReadAgentConfig(absl::string_view path);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_CONFIG_H_
