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

// What is asked of an agent while it runs. Both are called four times a second.
struct AgentSignals {
  std::function<bool()> is_to_stop;
  std::function<bool()> is_to_read_again;  // its certificates now, changed or not; it is so once for each that asks
};

// Runs an agent until it is to stop; then it ends within two seconds, whatever it waits for, but for the look-up of a
// host's name. OK then; otherwise what kept it from starting or from going on, in one line that says what to do. Once
// it serves it calls `ready`.
//
// Certificates, keys and authorities are looked at each second, and taken anew when they have changed: those it shows
// to the broker and signs with, its HL7 listeners' and its pages'. What is wrong with new ones is logged, and the
// former stay in use. Connections that stand go on as they are; that to the broker for ten minutes at most.
absl::Status RunAgent(const AgentConfig& config, const AgentOutside& outside, const AgentSignals& signals,
                      const std::function<void()>& ready);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_H_
