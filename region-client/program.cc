#include "region-client/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>

#include "certs/command_line.h"
#include "proto/contract/day.h"
#include "region-client/agent_options.h"
#include "region-client/program_options.h"

namespace envej::region {
namespace {

// Whatever is parsed; municipalities is what is left.
Connected& ConnectedOf(const Commands& commands, Arguments& arguments) {
  if (commands.submit->parsed()) return arguments.submit_with;
  if (commands.revise->parsed()) return arguments.revise_with;
  if (commands.withdraw->parsed()) return arguments.withdraw_with;
  if (commands.resend->parsed()) return arguments.resend_with;
  if (commands.acknowledge_outcome->parsed()) return arguments.outcome_with;
  if (commands.status->parsed()) return arguments.status_with;
  if (commands.watch->parsed()) return arguments.watch_with;
  if (commands.prove->parsed()) return arguments.prove_with;
  return arguments.municipalities_with;
}

bool IsAnyParsed(std::initializer_list<const CLI::App*> commands) {
  return std::any_of(commands.begin(), commands.end(), [](const CLI::App* command) { return command->parsed(); });
}

ExitCode RunSealing(const Commands& commands, const Arguments& arguments, const CommandContext& context,
                    NoticeSealer& sealer) {
  if (commands.withdraw->parsed()) return Withdraw(arguments.withdraw, context, sealer);
  if (commands.resend->parsed()) return ResendNotices(arguments.resend, context, sealer);
  if (commands.watch->parsed()) {
    const auto round = [&](const Lacking& lacking) {
      return ResendLacking(arguments.watch_resend, context, sealer, lacking);
    };
    SendingAgain sending_again(sealer.region_code(), round, context.surroundings);
    WatchOptions watch = arguments.watch;
    watch.sending_again = &sending_again;
    return WatchChanges(watch, context);
  }
  return Submit(commands.revise->parsed() ? arguments.revise : arguments.submit, context, sealer);
}

ExitCode RunAsking(const Commands& commands, const Arguments& arguments, const CommandContext& context) {
  if (commands.acknowledge_outcome->parsed()) return AcknowledgeOutcomes(arguments.outcome, context);
  if (commands.status->parsed()) return ShowStatus(arguments.status, context);
  if (commands.watch->parsed()) return WatchChanges(arguments.watch, context);
  if (commands.prove->parsed()) return ProveReceipts(arguments.prove, context);
  return ListMunicipalities(arguments.municipalities, context);
}

// What the output's end makes of a command's.
ExitCode Ended(ExitCode exit_code, const Streams& streams) {
  // A command that ends as unusable has said why.
  if (streams.out.flush().good() || exit_code == ExitCode::kUnusable) return exit_code;
  streams.err << "standard output: cannot be written; run the same again\n";
  return ExitCode::kUnusable;
}

}  // namespace

ExitCode RunProgram(int argc, const char* const* argv, const Outside& outside) {
  const Streams& streams = outside.streams;
  Arguments arguments;
  CLI::App app("Sends discharge notices from a region to the municipalities' inboxes.", "envej-region");
  app.set_version_flag("--version", "envej-region " ENVEJ_VERSION);
  app.require_subcommand(1);
  certs::NameUnknownWords(app);
  app.set_help_all_flag("--help-all", "print the help of every command");
  const Commands commands = AddCommands(app, arguments);
  AgentArguments agent_arguments;
  const AgentCommands agent_commands = AddAgentCommands(app, agent_arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, streams.out, streams.err) == 0 ? ExitCode::kDone : ExitCode::kUnusable;
  }
  if (const std::optional<ExitCode> ended = RunAgentCommands(agent_commands, agent_arguments, outside)) {
    return Ended(*ended, streams);
  }
  Translate(arguments);
  if (commands.verify->parsed()) {
    return Ended(VerifyReceipts(arguments.verify_receipts, streams, outside.surroundings.now()), streams);
  }

  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) {
    streams.err << "the time zone Europe/Copenhagen is missing: install tzdata\n";
    return ExitCode::kUnusable;
  }
  Connected& with = ConnectedOf(commands, arguments);
  const certs::ConnectionOptions& connection = with.connection;
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = outside.connect(connection);
  if (!channel.ok()) {
    streams.err << channel.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  const CommandContext context = {.channel = *channel,
                                  .broker = connection.broker,
                                  .notices_of = with.notices_of,
                                  .copenhagen = *copenhagen,
                                  .streams = streams,
                                  .surroundings = outside.surroundings};
  const bool sends_again = commands.watch->parsed() && !arguments.watch_resend.receipts.empty();
  if (!sends_again && !IsAnyParsed({commands.submit, commands.revise, commands.withdraw, commands.resend})) {
    return Ended(RunAsking(commands, arguments, context), streams);
  }
  with.sealing.tls = connection.files;
  with.sealing.notices_of = with.notices_of;
  absl::StatusOr<NoticeSealer> sealer = outside.make_sealer(with.sealing);
  if (!sealer.ok()) {
    streams.err << sealer.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  return Ended(RunSealing(commands, arguments, context, *sealer), streams);
}

}  // namespace envej::region
