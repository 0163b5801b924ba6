#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_COMMAND_CONTEXT_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_COMMAND_CONTEXT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "broker/operations/console/output.h"
#include "certs/surroundings.h"

namespace envej::console {

// What every command works with. Whoever makes it owns what it refers to.
struct CommandContext {
  std::shared_ptr<grpc::Channel> channel;
  std::string broker;  // its address, for error texts
  absl::TimeZone copenhagen;
  absl::Duration deadline;  // how long each call is tried
  OutputForm output = OutputForm::kText;
  const Streams& streams;
  const certs::Surroundings& surroundings;
};

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_COMMAND_CONTEXT_H_
