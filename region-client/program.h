#ifndef ENVEJ_REGION_CLIENT_PROGRAM_H_
#define ENVEJ_REGION_CLIENT_PROGRAM_H_

#include <grpcpp/channel.h>

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "certs/client_connection.h"
#include "region-client/output.h"
#include "region-client/submission_client.h"

namespace envej::region {

// All that the program takes from outside its arguments.
struct Outside {
  const Streams& streams;
  const Surroundings& surroundings;
  std::function<absl::StatusOr<std::shared_ptr<grpc::Channel>>(const certs::ConnectionOptions&)> connect;
  std::function<absl::StatusOr<NoticeSealer>(const SealingFiles&)> make_sealer;
};

// envej-region: reads the arguments and carries out one command.
ExitCode RunProgram(int argc, const char* const* argv, const Outside& outside);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PROGRAM_H_
