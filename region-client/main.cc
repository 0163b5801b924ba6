#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <random>

#include "absl/time/clock.h"
#include "certs/call_tracing.h"
#include "certs/client_connection.h"
#include "certs/command_line.h"
#include "certs/openssl_lifetime.h"
#include "certs/private_memory.h"
#include "region-client/program.h"

int main(int argc, char** argv) {
  namespace region = envej::region;
  envej::certs::HoldStandardStreams();
  envej::certs::KeepMemoryPrivate();
  envej::certs::KeepOpenSslToTheEnd();
  std::ios::sync_with_stdio(false);  // else an error of reading standard input passes for its end
  // gRPC's own lines would stand between the program's; whoever looks for a cause can set this to ERROR.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  // A reader that has had enough is an error of writing, which is told, not the end.
  std::signal(SIGPIPE, SIG_IGN);
  std::mutex mutex;
  std::mt19937_64 generator{std::random_device{}()};
  const region::Surroundings surroundings = {.now = [] { return absl::Now(); },
                                             .sleep = [](absl::Duration duration) { absl::SleepFor(duration); },
                                             .random =
                                                 [&] {
                                                   const std::lock_guard<std::mutex> lock(mutex);
                                                   return std::uniform_real_distribution<double>()(generator);
                                                 }};
  const region::Streams streams = {
      .in = std::cin, .out = std::cout, .err = std::cerr, .err_is_terminal = isatty(STDERR_FILENO) == 1};
  const region::Outside outside = {.streams = streams,
                                   .surroundings = surroundings,
                                   .connect = envej::certs::Connect,
                                   .make_sealer = [](const region::SealingFiles& files) {
                                     return region::NoticeSealer::Create(files, absl::Now());
                                   }};
  const int code = static_cast<int>(region::RunProgram(argc, argv, outside));
  if (code != 0) std::cerr << envej::certs::TraceToAskAbout();
  return code;
}
