#include "broker/operations/console/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>
#include <optional>

#include "broker/operations/console/program_options.h"
#include "broker/operations/console/terminal.h"
#include "broker/operations/console/top_command.h"
#include "certs/command_line.h"
#include "proto/contract/day.h"

namespace envej::console {
namespace {

ExitCode Run(const Command& command, const Outside& outside) {
  const Streams& streams = outside.streams;
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) {
    streams.err << "the time zone Europe/Copenhagen is missing: install tzdata\n";
    return ExitCode::kUnusable;
  }
  if (command.full_screen && !HasScreen(streams)) return ExitCode::kUnusable;
  std::optional<TerminalSignals> signals;
  if (command.full_screen) signals.emplace();  // before gRPC starts a thread
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = outside.connect(command.connection);
  if (!channel.ok()) {
    streams.err << channel.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  absl::Duration deadline;
  absl::ParseDuration(command.deadline, &deadline);
  const CommandContext context = {.channel = *channel,
                                  .broker = command.connection.broker,
                                  .copenhagen = *copenhagen,
                                  .deadline = deadline,
                                  .output = command.output == "json" ? OutputForm::kJson : OutputForm::kText,
                                  .streams = streams,
                                  .surroundings = outside.surroundings};
  return command.full_screen ? ShowTop(context, *signals) : command.run(context);
}

// What the output's end makes of a command's.
ExitCode Ended(ExitCode exit_code, const Streams& streams) {
  // A command that ends as unusable has said why, unless it was the output.
  if (streams.out.flush().good()) return exit_code;
  streams.err << "standard output: cannot be written; run the same again\n";
  return ExitCode::kUnusable;
}

}  // namespace

ExitCode RunProgram(int argc, const char* const* argv, const Outside& outside) {
  CLI::App app("Shows operations how delivery goes, and lets them act on it.", "envej-ops");
  app.set_version_flag("--version", "envej-ops " ENVEJ_VERSION);
  app.require_subcommand(1);
  certs::NameUnknownWords(app);
  app.set_help_all_flag("--help-all", "print the help of every command");
  const std::list<Command> commands = AddCommands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, outside.streams.out, outside.streams.err) == 0 ? ExitCode::kDone : ExitCode::kUnusable;
  }
  const auto parsed =
      std::find_if(commands.begin(), commands.end(), [](const Command& command) { return command.app->parsed(); });
  return Ended(Run(*parsed, outside), outside.streams);
}

}  // namespace envej::console
