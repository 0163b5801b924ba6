// envej-municipality-crashing ADDRESS DIR STEP COMMAND INBOX-CERTIFICATE INBOX-KEY AUTHORITIES: `pull` without TLS, ending with 42 after STEP steps.

#include <grpcpp/create_channel.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "municipality-client/pull_command.h"

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  envej::municipality_client::PullOptions options;
  options.municipality_code = "0101";
  options.folder = argv[2];
  options.batch = 2;
  options.command = argv[4];
  options.opening.inbox_certificates = {argv[5]};
  options.opening.inbox_keys = {argv[6]};
  options.opening.authorities = argv[7];
  int left = std::atoi(argv[3]);
  const auto crash = [&left](envej::municipality_client::Step) {
    if (--left == 0) _exit(42);
  };
  return envej::municipality_client::RunPull(options, grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()),
                                             {}, stdout, stderr, crash);
}
