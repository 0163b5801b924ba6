#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "region-client/agent/agent_config.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"

namespace envej::region {

// All that an agent takes from outside its configuration.
struct AgentOutside {
  const Streams& streams;
  const Surroundings& surroundings;
  std::function<absl::StatusOr<std::shared_ptr<grpc::Channel>>(const certs::ConnectionOptions&)> connect;
  std::function<absl::StatusOr<NoticeSealer>(const SealingFiles&)> make_sealer;
};

// Runs an agent until `is_to_stop` is true, which is asked four times a second; then it ends within a minute. OK then;
// otherwise what kept it from starting or from going on, in one line that says what to do. Once it serves it calls
// `ready`.
absl::Status RunAgent(const AgentConfig& config, const AgentOutside& outside, const std::function<bool()>& is_to_stop,
                      const std::function<void()>& ready);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_H_
