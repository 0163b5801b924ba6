#ifndef ENVEJ_REGION_CLIENT_COMMAND_CONTEXT_H_
#define ENVEJ_REGION_CLIENT_COMMAND_CONTEXT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "region-client/output.h"
#include "region-client/submission_client.h"

namespace envej::region {

// What every command works with. Whoever makes it owns what it refers to.
struct CommandContext {
  std::shared_ptr<grpc::Channel> channel;
  std::string broker;  // its address, for error texts
  // Whose notices a command is about: a region that the one which calls has succeeded; empty for its own.
  std::string notices_of = {};
  absl::TimeZone copenhagen;
  const Streams& streams;
  const Surroundings& surroundings;
};

inline void SetCallDeadline(const CommandContext& context, grpc::ClientContext& call) {
  call.set_deadline(absl::ToChronoTime(context.surroundings.now() + kCallDeadline));
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_COMMAND_CONTEXT_H_
