#include "region-client/agent/agent_command.h"

#include <csignal>

namespace envej::region {
namespace {

volatile std::sig_atomic_t signalled = 0;

void Note(int /*signal*/) { signalled = 1; }

}  // namespace

ExitCode RunAgentCommand(const AgentOptions& options, const AgentOutside& outside) {
  const absl::StatusOr<AgentConfig> config = ReadAgentConfig(options.config);
  if (!config.ok()) {
    outside.streams.err << config.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  if (options.check) {
    outside.streams.out << options.config << ": good\n";
    return ExitCode::kDone;
  }
  signalled = 0;
  std::signal(SIGTERM, Note);
  std::signal(SIGINT, Note);
  const absl::Status status = RunAgent(
      *config, outside, [] { return signalled != 0; },
      [&outside] { outside.streams.err << "envej-region agent: ready" << std::endl; });
  if (status.ok()) return ExitCode::kDone;
  outside.streams.err << "envej-region agent: " << status.message() << '\n';
  return ExitCode::kUnusable;
}

}  // namespace envej::region
