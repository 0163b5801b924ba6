#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <random>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "broker/operations/console/program.h"
#include "certs/call_tracing.h"
#include "certs/client_connection.h"
#include "certs/command_line.h"
#include "certs/openssl_lifetime.h"
#include "certs/private_memory.h"

namespace {

absl::string_view Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? absl::string_view() : absl::string_view(value);
}

}  // namespace

int main(int argc, char** argv) {
  namespace console = envej::console;
  envej::certs::HoldStandardStreams();
  envej::certs::KeepMemoryPrivate();
  envej::certs::KeepOpenSslToTheEnd();
  std::ios::sync_with_stdio(false);
  // gRPC's own lines would stand between the program's; whoever looks for a cause can set this to ERROR.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  // A reader that has had enough is an error of writing, which is told, not the end.
  std::signal(SIGPIPE, SIG_IGN);
  std::mutex mutex;
  std::mt19937_64 generator{std::random_device{}()};
  const envej::certs::Surroundings surroundings = {.now = [] { return absl::Now(); },
                                                   .sleep = [](absl::Duration duration) { absl::SleepFor(duration); },
                                                   .random =
                                                       [&] {
                                                         const std::lock_guard<std::mutex> lock(mutex);
                                                         return std::uniform_real_distribution<double>()(generator);
                                                       }};
  const absl::string_view kind = Environment("TERM");
  const bool draws = isatty(STDOUT_FILENO) == 1 && !kind.empty() && kind != "dumb";
  const console::Streams streams = {.in = std::cin,
                                    .out = std::cout,
                                    .err = std::cerr,
                                    .in_is_terminal = isatty(STDIN_FILENO) == 1,
                                    .colour = draws && Environment("NO_COLOR").empty(),
                                    .screen = draws ? STDOUT_FILENO : -1,
                                    .keys = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : -1};
  const console::Outside outside = {.streams = streams, .surroundings = surroundings, .connect = envej::certs::Connect};
  const console::ExitCode code = console::RunProgram(argc, argv, outside);
  if (code == console::ExitCode::kUnreachable) std::cerr << envej::certs::TraceToAskAbout();
  return static_cast<int>(code);
}
