#include "certs/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace envej::certs {
namespace {

std::string Failure(const CLI::App* program, const CLI::Error& error) {
  const std::vector<std::string> unknown = program->remaining(/*recurse=*/true);
  if (unknown.empty()) return CLI::FailureMessage::simple(program, error);
  const std::vector<CLI::App*> chosen = program->get_subcommands();
  const std::string help = program->get_help_ptr()->get_name();
  if (!chosen.empty()) {
    const std::string command = absl::StrCat(program->get_name(), " ", chosen.front()->get_name());
    return absl::StrCat(command, " does not know '", unknown.front(), "'\nRun ", command, " ", help,
                        " for more information.\n");
  }
  const std::vector<const CLI::App*> commands = program->get_subcommands(nullptr);
  return absl::StrCat(
      program->get_name(), " does not know '", unknown.front(), "'; its commands are ",
      absl::StrJoin(commands, ", ",
                    [](std::string* text, const CLI::App* command) { absl::StrAppend(text, command->get_name()); }),
      "\nRun with ", help, " for more information.\n");
}

}  // namespace

void NameUnknownWords(CLI::App& program) { program.failure_message(Failure); }

void HoldStandardStreams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    // The wrong way round, so that using it fails. It gets the lowest free number, which is this one.
    if (open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace envej::certs
