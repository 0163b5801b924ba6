#include "region-client/agent/agent_command.h"

#include <csignal>
#include <string>
#include <vector>

#include "region-client/agent/config_check.h"

namespace envej::region {
namespace {

volatile std::sig_atomic_t stops = 0;
volatile std::sig_atomic_t reads_again = 0;

void NoteStop(int /*signal*/) { stops = 1; }
void NoteReadAgain(int /*signal*/) { reads_again = 1; }

bool IsToReadAgain() {
  const bool asked = reads_again != 0;
  if (asked) reads_again = 0;
  return asked;
}

}  // namespace

ExitCode RunAgentCommand(const AgentOptions& options, const AgentOutside& outside) {
  const absl::StatusOr<AgentConfig> config = ReadAgentConfig(options.config);
  if (!config.ok()) {
    outside.streams.err << config.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  if (options.check) {
    const std::vector<std::string> in_the_way = WhatIsInTheWay(*config, outside);
    for (const std::string& line : in_the_way) outside.streams.err << options.config << ": " << line << '\n';
    if (!in_the_way.empty()) return ExitCode::kUnusable;
    outside.streams.out << options.config << ": good\n";
    return ExitCode::kDone;
  }
  stops = 0;
  std::signal(SIGTERM, NoteStop);
  std::signal(SIGINT, NoteStop);
  std::signal(SIGHUP, NoteReadAgain);
  const absl::Status status =
      RunAgent(*config, outside, {.is_to_stop = [] { return stops != 0; }, .is_to_read_again = IsToReadAgain},
               [&outside] { outside.streams.err << "envej-region agent: ready" << std::endl; });
  if (status.ok()) return ExitCode::kDone;
  outside.streams.err << "envej-region agent: " << status.message() << '\n';
  return ExitCode::kUnusable;
}

}  // namespace envej::region
