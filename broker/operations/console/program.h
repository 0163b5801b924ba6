#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_H_

#include <grpcpp/channel.h>

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "broker/operations/console/output.h"
#include "certs/client_connection.h"
#include "certs/surroundings.h"

namespace envej::console {

// All that the program takes from outside its arguments.
struct Outside {
  const Streams& streams;
  const certs::Surroundings& surroundings;
  std::function<absl::StatusOr<std::shared_ptr<grpc::Channel>>(const certs::ConnectionOptions&)> connect;
};

// envej-ops: reads the arguments and carries out one command.
ExitCode RunProgram(int argc, const char* const* argv, const Outside& outside);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_H_
