#include "tests/region-client/support/program_run.h"

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "absl/time/clock.h"
#include "region-client/program.h"
#include "tests/region-client/support/intake_server.h"

namespace envej::region {

ProgramRun RunWith(const std::string& address, const std::vector<std::string>& arguments, const std::string& in) {
  std::vector<std::string> words = {"envej-region"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  for (const std::string word : {"--broker", "ADDRESS", "--certificate", "c", "--key", "k", "--authorities", "a"}) {
    words.push_back(word == "ADDRESS" ? address : word);
  }
  const std::string command = arguments.empty() ? "" : arguments.front();
  if (command == "submit" || command == "revise") words.insert(words.end(), {"--secret", "s"});
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());

  std::istringstream input(in);
  std::ostringstream out;
  std::ostringstream err;
  const Streams streams{.in = input, .out = out, .err = err, .err_is_terminal = false};
  const Surroundings surroundings{
      .now = [] { return absl::Now(); },
      .sleep = [](absl::Duration duration) { absl::SleepFor(std::min(duration, absl::Milliseconds(20))); },
      .random = [] { return 0.5; }};
  certs::ConnectionOptions connection;
  SealingFiles sealing;
  const Outside outside{
      .streams = streams,
      .surroundings = surroundings,
      .connect =
          [&connection](const certs::ConnectionOptions& options) -> absl::StatusOr<std::shared_ptr<grpc::Channel>> {
        connection = options;
        return grpc::CreateChannel(options.broker, grpc::InsecureChannelCredentials());
      },
      .make_sealer =
          [&sealing](const SealingFiles& files) {
            sealing = files;
            const support::SealingWorld& world = IntakeServer::World();
            return NoticeSealer::Create(
                {.tls = world.region_files(), .secret = world.secret_file(), .former_secrets = {}}, absl::Now());
          }};
  const ExitCode exit_code = RunProgram(static_cast<int>(argv.size()), argv.data(), outside);
  return {.exit_code = exit_code, .out = out.str(), .err = err.str(), .connection = connection, .sealing = sealing};
}

}  // namespace envej::region
