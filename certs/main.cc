#include <exception>
#include <iostream>

#include "certs/command_line.h"
#include "certs/commands/commands.h"
#include "certs/private_memory.h"

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

int Run(int argc, char** argv) {
  CLI::App app("A private certificate authority for envej, and the secret of a broker.", "envej-certs");
  app.set_version_flag("--version", "envej-certs " ENVEJ_VERSION);
  app.footer("Exit codes: 0 done, 1 refused or failed (one line says why), 2 wrong usage.");
  app.require_subcommand(1);
  envej::certs::NameUnknownWords(app);
  envej::certs::Command chosen;
  envej::certs::AddInitCommand(app, chosen);
  envej::certs::AddIssueCommand(app, chosen);
  envej::certs::AddRenewCommand(app, chosen);
  envej::certs::AddRevokeCommand(app, chosen);
  envej::certs::AddShowCommand(app, chosen);
  envej::certs::AddSecretCommand(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  const absl::Status status = chosen();
  if (!status.ok()) {
    std::cerr << "envej-certs: " << status.message() << "\n";
    return kFailed;
  }
  if (!std::cout.flush()) {
    std::cerr << "envej-certs: cannot write to standard output\n";
    return kFailed;
  }
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  envej::certs::KeepMemoryPrivate();
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "envej-certs: " << error.what() << "\n";
    return kFailed;
  }
}
