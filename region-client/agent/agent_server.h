#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_SERVER_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_SERVER_H_

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/desk.h"
#include "region-client/agent/sender.h"
#include "region-client/pages/municipalities.h"

namespace envej::region {

struct AgentServerParts {
  Desk& desk;
  AgentStore& store;
  const Sender& sender;
  const Municipalities& municipalities;
  std::function<absl::Time()> now;
  absl::TimeZone copenhagen;
  std::optional<absl::Time> lacks_until;  // as of GetStatusResponse
};

// Serves envej.ward.v1.AgentService on a Unix socket that only the agent's user may open (mode 0600), as long as it
// lives.
class AgentServer {
 public:
  // What is there under the path, from an agent that was killed, is replaced. UNAVAILABLE if it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<AgentServer>> Start(const std::string& socket, AgentServerParts parts);
  // Waits for calls under way, one second at most.
  ~AgentServer();

 private:
  class Service;

  AgentServer(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server);

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_SERVER_H_
