#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_OPTIONS_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_OPTIONS_H_

#include <functional>
#include <list>
#include <string>

#include "broker/operations/console/command_context.h"
#include "certs/client_connection.h"

namespace CLI {
class App;
}

namespace envej::console {

// One command. Each has connection options of its own: CLI11 reads the environment for those that are not used too.
struct Command {
  CLI::App* app = nullptr;
  certs::ConnectionOptions connection;
  std::string output = "text";
  std::string deadline = "30s";
  bool full_screen = false;
  std::function<ExitCode(const CommandContext&)> run;  // what it does once it was parsed; not of a full screen
};

// Adds every command with its options and help. Parsing then writes to what is answered, which must outlive `app`.
std::list<Command> AddCommands(CLI::App& app);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_PROGRAM_OPTIONS_H_
